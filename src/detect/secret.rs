//! The only way in which a sampled value travels: wiped when dropped, and without any means of being shown.

use std::{borrow::Cow, mem};

use zeroize::Zeroize;

/// What a [`Secret`] may hold: text or bytes.
pub trait Content: ToOwned<Owned: Zeroize> {}

impl Content for str {}
impl Content for [u8] {}

/// Text or bytes of an item: an attribute's value, or a name until it is shown to be one.
///
/// It has no `Debug`, `Display`, `Serialize`, `Clone` or `Deref`, so no log, error or panic message can carry it.
/// What it owns is zeroised on drop; what it borrows is its owner's to wipe.
///
/// ```compile_fail
/// println!("{:?}", dynaudit::detect::Secret::<str>::from("planted"));
/// ```
/// ```compile_fail
/// println!("{}", dynaudit::detect::Secret::<str>::from("planted"));
/// ```
/// ```compile_fail
/// serde_json::to_string(&dynaudit::detect::Secret::<str>::from("planted"));
/// ```
/// ```compile_fail
/// let text: &str = &dynaudit::detect::Secret::<str>::from("planted");
/// ```
pub struct Secret<'a, T: Content + ?Sized>(Cow<'a, T>);

impl<T: Content + ?Sized> Secret<'_, T> {
    /// The content itself, for the detector alone.
    pub(crate) fn expose(&self) -> &T {
        &self.0
    }
}

impl<'a> Secret<'a, str> {
    /// Moves the content out; nothing stays behind.
    pub(crate) fn take(&mut self) -> Secret<'a, str> {
        Secret(mem::replace(&mut self.0, Cow::Borrowed("")))
    }
}

impl<T: Content + ?Sized> Drop for Secret<'_, T> {
    fn drop(&mut self) {
        if let Cow::Owned(own) = &mut self.0 {
            own.zeroize();
        }
    }
}

impl<'a, T: Content + ?Sized> From<&'a T> for Secret<'a, T> {
    fn from(borrowed: &'a T) -> Self {
        Self(Cow::Borrowed(borrowed))
    }
}

impl From<String> for Secret<'_, str> {
    fn from(own: String) -> Self {
        Self(Cow::Owned(own))
    }
}

impl From<Vec<u8>> for Secret<'_, [u8]> {
    fn from(own: Vec<u8>) -> Self {
        Self(Cow::Owned(own))
    }
}
