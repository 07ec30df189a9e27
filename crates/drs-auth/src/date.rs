//! Points in time as the protocols write them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDateTime, Utc};

/// `X-Sdk-Date`, in UTC.
const SIGNING: &str = "%Y%m%dT%H%M%SZ";

/// A time as `X-Sdk-Date` has it; `None` before 1970 and after 9999.
pub(crate) fn signing_date(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let time = DateTime::from_timestamp(i64::try_from(since.as_secs()).ok()?, 0)?;
    let text = time.format(SIGNING).to_string();
    parse_signing_date(&text).map(|_| text)
}

/// The time that an `X-Sdk-Date` means.
pub(crate) fn parse_signing_date(text: &str) -> Option<SystemTime> {
    let is_digit_or = |(at, byte): (usize, u8)| match at {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    let is_well_formed = text.len() == 16 && text.bytes().enumerate().all(is_digit_or);
    let time = NaiveDateTime::parse_from_str(text, SIGNING).ok().filter(|_| is_well_formed)?;
    system_time(time.and_utc())
}

/// The time that an IAM response means, such as `2019-02-13T06:52:13.855000Z`.
pub(crate) fn parse_expiry(text: &str) -> Option<SystemTime> {
    system_time(DateTime::parse_from_rfc3339(text).ok()?.to_utc())
}

fn system_time(time: DateTime<Utc>) -> Option<SystemTime> {
    let seconds = Duration::from_secs(u64::try_from(time.timestamp()).ok()?);
    UNIX_EPOCH.checked_add(seconds + Duration::from_nanos(time.timestamp_subsec_nanos().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signing_date_is_read_and_written_in_one_form_only() {
        let time = UNIX_EPOCH + Duration::from_secs(1_704_164_645);
        assert_eq!(signing_date(time).unwrap(), "20240102T030405Z");
        assert_eq!(parse_signing_date("20240102T030405Z"), Some(time));
        for text in ["", "20240102T030405", "2024-01-02T03:04:05Z", "20241302T030405Z", "+2024102T030405Z", "é"] {
            assert_eq!(parse_signing_date(text), None, "{text}");
        }
        assert_eq!(signing_date(UNIX_EPOCH - Duration::from_secs(1)), None);
        assert_eq!(signing_date(UNIX_EPOCH + Duration::from_secs(1 << 40)), None);
    }
}
