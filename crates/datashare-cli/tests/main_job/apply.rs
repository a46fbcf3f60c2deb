//! `datashare apply`: what people and pipelines see of it.

use std::fs;

use serde_json::json;

use crate::support::Party;

const FILE: &str = "shares:
  - name: sales
    description: Point of sale, daily
    exchange: exchange
    terms_file: terms.md
    datasets:
      - { name: pos, connection: data }
    schedule: { every: week, on: [mon, Thursday], at: 02:30, time_zone: Europe/Berlin }
    recipients:
      - { email: ben@fabrikam.example, access_until: 2040-06-30T00:00:00Z }
";

#[test]
fn a_file_is_planned_applied_and_then_holds() {
    let directory = tempfile::tempdir().unwrap();
    let ana = Party::new(directory.path(), "Ana", "Contoso");
    for name in ["data", "exchange"] {
        let path = directory.path().join(name);
        fs::create_dir(&path).unwrap();
        ana.run(&["connection", "add", name, "--kind", "folder", "--path", path.to_str().unwrap()])
            .ends_with(0);
    }
    fs::write(directory.path().join("data/a.csv"), "1,2\n").unwrap();
    fs::write(directory.path().join("terms.md"), "Use it well.\n").unwrap();
    let file = directory.path().join("shares.yaml");
    fs::write(&file, FILE).unwrap();
    let file = file.to_str().unwrap();

    let plan = ana.run(&["apply", file, "--plan"]).ends_with(3);
    for line in [
        "+ share 'sales'",
        "+ dataset 'pos' of 'sales'",
        "+ schedule of 'sales'\n      runs: 'every Monday and Thursday at 02:30 (Europe/Berlin)'",
        "+ recipient ben@fabrikam.example of 'sales'",
    ] {
        assert!(plan.out.contains(line), "{}", plan.out);
    }
    // Nobody is there to say yes.
    ana.run(&["apply", file]).ends_with(3);
    assert_eq!(ana.json(&["share", "list"]), json!([]));

    let applied = ana.json(&["apply", file, "--yes"]);
    assert_eq!(applied["changes"].as_array().unwrap().len(), 4);
    assert_eq!(applied["links"][0]["email"], "ben@fabrikam.example");
    assert_eq!(ana.json(&["apply", file, "--plan"]), json!({ "changes": [], "notes": [] }));

    fs::write(file, FILE.replace("daily", "hourly")).unwrap();
    let plan = ana.run(&["apply", file, "--plan"]).ends_with(3);
    assert!(
        plan.out.contains(
            "~ share 'sales'\n      description: 'Point of sale, daily' -> 'Point of sale, hourly'"
        ),
        "{}",
        plan.out
    );

    let set = FILE.lines().find(|line| line.contains("schedule:")).unwrap();
    for (wanted, runs) in [
        ("    schedule: { every: 6h, at: 00:15, jitter: 300 }", "every 6 hours, counted from 00:15 (UTC)"),
        ("    schedule: { every: \"cron:0 6 1 * *\" }", "as the cron expression 0 6 1 * * says (UTC)"),
    ] {
        fs::write(file, FILE.replace(set, wanted)).unwrap();
        let plan = ana.run(&["apply", file, "--plan"]).ends_with(3);
        assert!(plan.out.contains("~ schedule of 'sales'"), "{}", plan.out);
        assert!(plan.out.contains(&format!(" -> '{runs}'")), "{}", plan.out);
        ana.run(&["apply", file, "--yes"]).ends_with(0);
        ana.run(&["apply", file, "--plan"]).ends_with(0);
        assert_eq!(ana.json(&["schedule", "show", "sales"])["schedule"]["in_words"], runs);
    }
    for stays in ["", "    schedule:"] {
        fs::write(file, FILE.replace(set, stays)).unwrap();
        ana.run(&["apply", file, "--plan"]).ends_with(0);
    }
    fs::write(file, FILE.replace(set, "    schedule: none")).unwrap();
    let plan = ana.run(&["apply", file, "--yes"]).ends_with(0);
    assert!(plan.out.contains("- schedule of 'sales'"), "{}", plan.out);
    assert!(ana.json(&["schedule", "show", "sales"])["schedule"].is_null());
    ana.run(&["apply", file, "--plan"]).ends_with(0);
}

#[test]
fn a_mistake_in_the_file_is_shown_by_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let ana = Party::new(directory.path(), "Ana", "Contoso");
    let file = directory.path().join("shares.yaml");
    let path = file.to_str().unwrap();
    for (mistake, line) in [
        ("    descripton: x\n", "line 3"),
        ("    datasets: [\n", "line "),
        ("    prune: yes please\n", "line 3"),
        ("    schedule: never\n", "line 3"),
        ("    schedule:\n      every: fortnight\n", "line 4"),
        ("    schedule:\n      evry: day\n", "line 4"),
        ("    schedule:\n      every: week\n      on: [mon, someday]\n", "line 5"),
        ("    schedule: { every: week }\n", "share 'sales'"),
        ("    schedule: { every: day, on: [mon] }\n", "share 'sales'"),
    ] {
        fs::write(&file, format!("shares:\n  - name: sales\n{mistake}    exchange: store\n")).unwrap();
        let error = ana.refused(1, &["apply", path, "--yes"]);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(line), "{message}");
    }
    ana.refused(1, &["apply", directory.path().join("none.yaml").to_str().unwrap(), "--plan"]);
}
