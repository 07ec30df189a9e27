//! Documented bodies without their type, for code that treats all operations alike.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

use crate::outline::{Outline, Outlined};
use crate::reading::{self, Reading};

/// A documented body: its definition in the schemas, and its type.
#[derive(Debug)]
#[non_exhaustive]
pub struct BodyInfo {
    /// The name of the definition.
    pub schema: &'static str,
    /// The names and JSON types of everything in it.
    pub outline: &'static Outline,
    decode: fn(&[u8]) -> Result<DynBody, Error>,
    read: fn(&[u8]) -> Result<Reading<DynBody>, Error>,
    /// The JSON Schema derived from the type.
    #[cfg(feature = "schemars")]
    pub json_schema: fn() -> schemars::Schema,
}

impl BodyInfo {
    /// Reads JSON into the type of the body.
    ///
    /// ```
    /// use drs_types::{OperationInfo, Side};
    ///
    /// let info = OperationInfo::find("batch_check_results").unwrap();
    /// let body = info.body(Side::Response(200)).unwrap().decode(br#"{ "count": 0, "unheard_of": 1 }"#).unwrap();
    /// assert_eq!(body.to_json().unwrap(), serde_json::json!({ "count": 0 }));
    /// ```
    ///
    /// # Errors
    /// The input is not JSON, or a value does not fit the type.
    pub fn decode(&self, json: &[u8]) -> Result<DynBody, Error> {
        (self.decode)(json)
    }

    /// Reads the parts of JSON that fit the type of the body: see [`reading::read`].
    ///
    /// # Errors
    /// Nothing can be read: the input is not JSON, or not an object.
    pub fn read(&self, json: &[u8]) -> Result<Reading<DynBody>, Error> {
        (self.read)(json)
    }

    /// The body that a type describes.
    #[cfg(not(feature = "schemars"))]
    pub(crate) const fn of<T>(schema: &'static str) -> Self
    where
        T: fmt::Debug + Serialize + DeserializeOwned + Outlined + 'static,
    {
        Self { schema, outline: T::OUTLINE, decode: decode::<T>, read: read::<T> }
    }

    /// The body that a type describes.
    #[cfg(feature = "schemars")]
    pub(crate) const fn of<T>(schema: &'static str) -> Self
    where
        T: fmt::Debug + Serialize + DeserializeOwned + Outlined + schemars::JsonSchema + 'static,
    {
        let json_schema =
            || schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
        Self { schema, outline: T::OUTLINE, decode: decode::<T>, read: read::<T>, json_schema }
    }
}

/// A decoded body of any operation.
pub struct DynBody(Box<dyn Erased>);

impl DynBody {
    /// The body as JSON.
    ///
    /// # Errors
    /// The body cannot be written as JSON.
    pub fn to_json(&self) -> Result<Value, Error> {
        self.0.to_json()
    }
}

impl fmt::Debug for DynBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

trait Erased: fmt::Debug {
    fn to_json(&self) -> Result<Value, Error>;
}

impl<T: fmt::Debug + Serialize> Erased for T {
    fn to_json(&self) -> Result<Value, Error> {
        serde_json::to_value(self)
    }
}

fn decode<T>(json: &[u8]) -> Result<DynBody, Error>
where
    T: fmt::Debug + Serialize + DeserializeOwned + 'static,
{
    Ok(DynBody(Box::new(reading::decode::<T>(json)?)))
}

fn read<T>(json: &[u8]) -> Result<Reading<DynBody>, Error>
where
    T: fmt::Debug + Serialize + DeserializeOwned + Outlined + 'static,
{
    let Reading { body, misfits } = reading::read::<T>(json)?;
    Ok(Reading { body: DynBody(Box::new(body)), misfits })
}
