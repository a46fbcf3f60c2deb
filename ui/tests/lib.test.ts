import { describe, expect, test } from "vitest";

import { parseAddresses } from "~/lib/addresses";
import { formatBytes, formatRate, fraction } from "~/lib/bytes";
import { formatDuration, formatRange } from "~/lib/duration";
import { invitationFileName, invitationIn, mailtoUrl } from "~/lib/invitation";
import { folderName, joinPath, lastSegment } from "~/lib/paths";
import { sparklinePath } from "~/lib/sparkline";
import { endOfDay, relativeTime, toDateField } from "~/lib/time";

const to = (from: string, until: string) => `${from} to ${until}`;
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1_450, "1.5 kB"],
    [99_960, "100 kB"],
    [999_600, "1 MB"],
    [2_147_483_648, "2.1 GB"],
    [9_007_199_254_740_991, "9 PB"],
  ])("%d reads %s", (bytes, words) => expect(plain(formatBytes(bytes))).toBe(words));

  test("a rate is bytes a second", () => expect(plain(formatRate(3_100_000))).toBe("3.1 MB/s"));

  test("a share of the whole stays between nothing and all", () => {
    expect(fraction(5, null)).toBeUndefined();
    expect(fraction(0, 0)).toBe(1);
    expect(fraction(12, 10)).toBe(1);
    expect(fraction(1, 4)).toBe(0.25);
  });
});

describe("time", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  test.each([
    ["2026-11-21T11:59:40Z", "now"],
    ["2026-11-21T11:57:00Z", "3 minutes ago"],
    ["2026-11-20T11:00:00Z", "yesterday"],
    ["2026-11-23T13:00:00Z", "in 2 days"],
  ])("%s is %s", (at, words) => expect(relativeTime(at, now)).toBe(words));

  test("the end of a day is in the zone of the reader and comes back as the same day", () => {
    const end = endOfDay("2026-12-21");
    expect(end).not.toBeNull();
    expect(toDateField(end ?? "")).toBe("2026-12-21");
  });

  test.each(["", "tomorrow", "2026-02-31", "21.12.2026"])("“%s” is no date", (text) => expect(endOfDay(text)).toBeNull());
});

describe("duration", () => {
  test.each([
    [0, "0 s"],
    [420, "0.4 s"],
    [59_400, "59 s"],
    [60_000, "1 min"],
    [184_000, "3 min 4 s"],
    [7_260_000, "2 h 1 min"],
  ])("%d ms reads %s", (milliseconds, words) => expect(plain(formatDuration(milliseconds))).toBe(words));

  test("a range does not pretend precision", () => {
    expect(plain(formatRange([61.3, 117.9], to))).toBe("2 min");
    expect(plain(formatRange([100, 290], to))).toBe("2 to 5 min");
    expect(plain(formatRange([2, 3], to))).toBe("5 s");
    expect(plain(formatRange([4000, 9000], to))).toBe("2 to 3 h");
  });
});

describe("addresses", () => {
  test("as they come from Outlook, Excel and text", () => {
    const text = "Ben Okafor <ben@fabrikam.example>; \"Mira\" mira@northwind.example\tc@d.example\nBEN@fabrikam.example";
    expect(parseAddresses(text)).toMatchObject({ valid: ["ben@fabrikam.example", "mira@northwind.example", "c@d.example"], invalid: [], twice: 1 });
  });
  test("names are kept, whichever way they are written", () => {
    const names = (text: string) => parseAddresses(text).entries.map(({ name, address }) => `${name ?? "–"} ${address ?? "–"}`);
    expect(names('Okafor, Ben <b@x.example>; "Castellanos, Mira" <m@x.example>, c@x.example')).toEqual(["Okafor, Ben b@x.example", "Castellanos, Mira m@x.example", "– c@x.example"]);
    expect(names("Name\tE-mail\tCity\r\nBen\tb@x.example\tEssen\r\nMira\tm@x.example\t\r\n")).toEqual(["Ben Essen b@x.example", "Mira m@x.example"]);
    expect(names("First\tLast\tMail\nBen\tOkafor\tb@x.example\nNobody\tHere\t")).toEqual(["Ben Okafor b@x.example", "– –"]);
  });
  test("what looks unfinished is named, not dropped", () => {
    expect(parseAddresses("carla@tailspin, ok@x.example, Someone")).toMatchObject({ valid: ["ok@x.example"], invalid: ["carla@tailspin", "Someone"] });
  });
});

describe("invitation", () => {
  const link = "datashare://invitation#1.abc.DEF-_~";
  test("is found in a whole mail", () => expect(invitationIn(`Hello,\nopen <${link}> please.`)).toBe(link));
  test("a bare ticket stays as it is", () => expect(invitationIn("  1.abc.DEF \n")).toBe("1.abc.DEF"));
  test("file names hold nothing that a system refuses", () => expect(invitationFileName("Sales: north/south?", "ben@x.example")).toBe("Sales-north-south-ben.datashare"));
  test("mail text survives in the address", () => {
    const url = new URL(mailtoUrl("ben@x.example", "A & B", `One\n${link}?x=1&y=2`));
    expect(url.searchParams.get("subject")).toBe("A & B");
    expect(url.searchParams.get("body")).toBe(`One\r\n${link}?x=1&y=2`);
  });
});

describe("paths", () => {
  test("join", () => {
    expect(joinPath("received/", "/pos")).toBe("received/pos");
    expect(joinPath("", "pos")).toBe("pos");
  });
  test("last segment on both kinds of systems", () => {
    expect(lastSegment("/srv/reports/")).toBe("reports");
    expect(lastSegment("C:\\data\\exports")).toBe("exports");
  });
  test("a folder name is one that every store takes", () => expect(folderName(" a/b: c?. ")).toBe("a-b- c-"));
});

test("a line of rates fills its box", () => {
  expect(sparklinePath([0, 10, 5], 100, 40)).toBe("M0.0 40.0 L50.0 0.0 L100.0 20.0");
  expect(sparklinePath([7], 100, 40)).toBe("");
});
