//! Schedules of others: what they say is anything. Fewer than of other foreign bytes, since each is followed for years.
#![allow(clippy::unwrap_used)]

mod targets;

use proptest::prelude::*;
use serde_json::{Value, json};
use targets::schedules;

fn recurrence() -> impl Strategy<Value = Value> {
    let cron = prop_oneof![
        proptest::collection::vec("[0-9*/,LW#?-]{1,4}|JAN|FEB|MON|FRI", 5)
            .prop_map(|fields| fields.join(" ")),
        "\\PC{0,20}",
        prop::sample::select(vec!["* * * * *", "0 0 30 2 *", "0 0 29 2 1", "59 23 31 12 7", "0 0 L * 5#5"])
            .prop_map(str::to_owned),
    ];
    prop_oneof![
        any::<u16>().prop_map(|hours| json!({ "every": "hours", "hours": hours })),
        Just(json!({ "every": "day" })),
        proptest::collection::vec(prop::sample::select(vec!["monday", "thursday", "sunday"]), 0..4)
            .prop_map(|days| json!({ "every": "week", "days": days })),
        cron.prop_map(|expression| json!({ "every": "cron", "expression": expression })),
        "[a-z]{0,8}".prop_map(|every| json!({ "every": every })),
    ]
}

fn start() -> impl Strategy<Value = String> {
    prop_oneof![
        (-99_999..99_999i32).prop_map(|year| format!("{year:+06}-01-31T00:00:00Z")),
        prop::sample::select(vec![
            "2026-11-21T00:00:00Z",
            "2026-03-29T02:30:00+01:00",
            "0000-01-01T00:00:00+14:00",
            "9999-12-31T23:59:60Z",
            "-262143-01-01T00:00:00Z",
            "+262142-12-31T23:59:59.999999999Z",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn schedules_of_anything(
        recurrence in recurrence(),
        at in prop_oneof![Just(None), "[0-2][0-9]:[0-6][0-9]".prop_map(Some), "\\PC{0,6}".prop_map(Some)],
        start in start(),
        time_zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Tehran", "GMT+25", ""]),
        jitter in prop_oneof![Just(0), 0..4000u32, any::<u32>()],
    ) {
        let schedule = json!({
            "recurrence": recurrence, "at": at, "start": start, "time_zone": time_zone, "jitter_seconds": jitter,
        });
        schedules(schedule.to_string().as_bytes());
    }
}
