//! STUB
pub mod resource_policy {
    pub fn read(_t: &str, _a: &str, _r: &str) -> Result<crate::facts::table::ResourcePolicy, String> {
        Err(String::new())
    }
}
