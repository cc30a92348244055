//! stub
use super::{Embedded, Error};
pub(super) async fn plant(_: &Embedded) -> Result<(), Error> { Ok(()) }
