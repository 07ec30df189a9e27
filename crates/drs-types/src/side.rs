//! The two sides of a call.

use serde::Serialize;

use crate::operation::{BodyInfo, OperationInfo, ResponseInfo};

/// A side of a call.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The request.
    Request,
    /// The response with this HTTP status.
    Response(u16),
}

impl OperationInfo {
    /// Returns the documented body of one side; `None` without one.
    ///
    /// ```
    /// use drs_types::{OperationInfo, Side};
    ///
    /// let info = OperationInfo::find("batch_check_results").unwrap();
    /// assert_eq!(info.body(Side::Response(200)).unwrap().schema, "BatchCheckResultsResponse");
    /// assert!(info.body(Side::Response(204)).is_none());
    /// ```
    #[must_use]
    pub fn body(&self, side: Side) -> Option<&BodyInfo> {
        match side {
            Side::Request => self.request.as_ref(),
            Side::Response(status) => self.response(status)?.body.as_ref(),
        }
    }

    /// Returns the documented response of a status; `None` without one. An undocumented status of failure has the
    /// documented response of another failure.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&ResponseInfo> {
        let response = |fits: &dyn Fn(u16) -> bool| self.responses.iter().find(|response| fits(response.status));
        let exact = response(&|documented| documented == status);
        exact.or_else(|| response(&|documented| documented >= 400 && status >= 400))
    }

    /// Returns the documented bodies of a successful call, each with its side.
    pub fn bodies(&self) -> impl Iterator<Item = (Side, &BodyInfo)> {
        let success = self.success().map(|success| Side::Response(success.status));
        [Some(Side::Request), success].into_iter().flatten().filter_map(|side| Some((side, self.body(side)?)))
    }
}
