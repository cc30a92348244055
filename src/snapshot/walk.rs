//! Reads a snapshot's JSON so that what is wrong in it has a place. The place is made of names of our own types and of numbers:
//! nothing of the file is in it.

use std::{cell::RefCell, collections::BTreeMap, fmt::Write};

use foldhash::{HashSet, HashSetExt};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::StrDeserializer,
};

/// Where the reader stands, and which gaps it met.
#[derive(Debug, Default)]
pub(super) struct Walk {
    way: RefCell<Vec<Step>>,
    /// Ids of gaps that stand for values, each with the first place.
    gaps: RefCell<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Name(&'static str),
    Item(usize),
    /// An entry of a map, whose key is the file's.
    Entry(usize),
}

impl Walk {
    /// Reads a value. Where that fails, [`Walk::place`] is where.
    ///
    /// # Errors
    /// What the deserializer or the type says; a number is below 0, or a key of a map stands twice.
    pub(super) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        &self,
        from: D,
    ) -> Result<T, D::Error> {
        T::deserialize(Placed { inner: from, walk: self })
    }

    /// The place as `jq` writes it, but for keys of maps, which are counted; empty at the outermost.
    pub(super) fn place(&self) -> String {
        let mut place = String::new();
        for step in self.way.borrow().iter() {
            // Memory takes whatever is written.
            let _ = match step {
                Step::Name(name) if place.is_empty() => write!(place, "{name}"),
                Step::Name(name) => write!(place, ".{name}"),
                Step::Item(at) => write!(place, "[{at}]"),
                Step::Entry(at) => write!(place, "[key {}]", at + 1),
            };
        }
        place
    }

    /// Ids of gaps that stand for values, each with the first place where it does.
    pub(super) fn gaps(self) -> BTreeMap<String, String> {
        self.gaps.into_inner()
    }

    /// Goes a step deeper for as long as `read` takes; where it fails, the place stays.
    fn within<T, E>(&self, step: Option<Step>, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let Some(step) = step else { return read() };
        self.way.borrow_mut().push(step);
        let done = read()?;
        self.way.borrow_mut().pop();
        Ok(done)
    }

    fn stands_for_a_gap(&self) -> bool {
        matches!(self.way.borrow().last(), Some(Step::Name("gap")))
    }

    fn met(&self, gap: &str) {
        if !self.gaps.borrow().contains_key(gap) {
            self.gaps.borrow_mut().insert(gap.to_owned(), self.place());
        }
    }
}

/// A deserializer, a seed or an access, with the walk that it is a part of.
struct Placed<'w, T> {
    inner: T,
    walk: &'w Walk,
}

macro_rules! as_it_is {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        })*
    };
}

macro_rules! not_below_zero {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(Count(visitor))
        })*
    };
}

macro_rules! placed {
    ($($method:ident($($arg:ident: $kind:ty),*) $names:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($arg: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($arg,)* Visit { inner: visitor, walk: self.walk, names: $names })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Placed<'_, D> {
    type Error = D::Error;

    as_it_is! {
        deserialize_any deserialize_bool deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_char deserialize_str deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }

    not_below_zero! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_f32 deserialize_f64
    }

    placed! {
        deserialize_option() None;
        deserialize_seq() None;
        deserialize_map() None;
        deserialize_newtype_struct(name: &'static str) None;
        deserialize_tuple(len: usize) None;
        deserialize_tuple_struct(name: &'static str, len: usize) None;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Some(fields);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Some(variants);
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if !self.walk.stands_for_a_gap() {
            return self.inner.deserialize_string(visitor);
        }
        let gap = String::deserialize(self.inner)?;
        self.walk.met(&gap);
        visitor.visit_string(gap)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Placed<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Placed { inner: from, walk: self.walk })
    }
}

/// Takes a number that is not below 0: no snapshot holds another.
struct Count<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Count<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.0.visit_u64(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        if number < 0 { Err(E::custom(BELOW_ZERO)) } else { self.0.visit_i64(number) }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        if number < 0.0 { Err(E::custom(BELOW_ZERO)) } else { self.0.visit_f64(number) }
    }
}

const BELOW_ZERO: &str = "expected a number that is not below 0";

/// Hands on what has parts; `names` are those of fields or variants.
struct Visit<'w, V> {
    inner: V,
    walk: &'w Walk,
    names: Option<&'static [&'static str]>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Visit<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Placed { inner: from, walk: self.walk })
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        self.inner.visit_newtype_struct(Placed { inner: from, walk: self.walk })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(Items { inner: items, walk: self.walk, at: 0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Entries {
            inner: entries,
            walk: self.walk,
            names: self.names,
            key: String::new(),
            keys: HashSet::new(),
            at: 0,
            step: None,
        })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.inner.visit_enum(Variant { inner: variant, walk: self.walk, names: self.names.unwrap_or(&[]) })
    }
}

struct Items<'w, A> {
    inner: A,
    walk: &'w Walk,
    at: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Self { inner, walk, at } = self;
        let step = Step::Item(*at);
        *at += 1;
        walk.within(Some(step), || inner.next_element_seed(Placed { inner: seed, walk }))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

struct Entries<'w, A> {
    inner: A,
    walk: &'w Walk,
    /// Names of fields; none of a map.
    names: Option<&'static [&'static str]>,
    key: String,
    /// Keys of a map so far.
    keys: HashSet<String>,
    at: usize,
    step: Option<Step>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        if self.inner.next_key_seed(Name(&mut self.key))?.is_none() {
            return Ok(None);
        }
        match self.names {
            Some(names) => {
                // Fields mostly come in the order of the type.
                let next = names.get(self.at).filter(|name| **name == self.key);
                let found = next.or_else(|| names.iter().find(|name| **name == self.key));
                self.step = found.map(|name| Step::Name(name));
            }
            None => {
                self.step = Some(Step::Entry(self.at));
                if !self.keys.insert(self.key.clone()) {
                    return Err(A::Error::custom("a key stands twice in it"));
                }
            }
        }
        self.at += 1;
        let key: StrDeserializer<'_, A::Error> = self.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let Self { inner, walk, step, .. } = self;
        walk.within(*step, || inner.next_value_seed(Placed { inner: seed, walk }))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

/// Reads a name to where there is room for it.
struct Name<'s>(&'s mut String);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        self.0.clear();
        self.0.push_str(name);
        Ok(())
    }
}

struct Variant<'w, A> {
    inner: A,
    walk: &'w Walk,
    names: &'static [&'static str],
}

impl<'de, 'w, A: EnumAccess<'de>> EnumAccess<'de> for Variant<'w, A> {
    type Error = A::Error;
    type Variant = Held<'w, A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let mut name = String::new();
        let ((), inner) = self.inner.variant_seed(Name(&mut name))?;
        let step = self.names.iter().find(|known| **known == name).map(|name| Step::Name(name));
        let variant: StrDeserializer<'_, A::Error> = name.as_str().into_deserializer();
        Ok((seed.deserialize(variant)?, Held { inner, walk: self.walk, step }))
    }
}

/// What a variant holds.
struct Held<'w, A> {
    inner: A,
    walk: &'w Walk,
    step: Option<Step>,
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Held<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let Self { inner, walk, step } = self;
        walk.within(step, || inner.newtype_variant_seed(Placed { inner: seed, walk }))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let Self { inner, walk, step } = self;
        walk.within(step, || inner.tuple_variant(len, Visit { inner: visitor, walk, names: None }))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let Self { inner, walk, step } = self;
        let names = Some(fields);
        walk.within(step, || inner.struct_variant(fields, Visit { inner: visitor, walk, names }))
    }
}
