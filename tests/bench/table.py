"""The numbers of a bench as text and as JSON."""

import os

import measure
from servers import LINK
from tools import Azcopy, Datashare, Rclone

TITLES = {
    "memory": "Server in memory (the clients are the limit)",
    "azurite": "Azurite (the server is the limit in most rows)",
    "link": f"Server in memory behind a link: {LINK['delay']} ms and {LINK['rate']} Mbit/s each way",
}
NAMES = {"up": "up", "again": "nothing changed", "down": "down", "hashed": "down, MD5 stated", "across": "account to account"}
PARTS = {"seconds": "seconds", "cpu": "CPU seconds", "memory": "peak MB"}
TOOLS = (Datashare, Azcopy, Rclone)


def rows(bench):
    """Server, row and direction of every line, in the order in which they were measured."""
    places = [place[:3] for place in [*bench.costs, *bench.failures]]
    known = list(dict.fromkeys(places))
    order = {name: index for index, name in enumerate(NAMES)}
    first = {place[:2]: index for index, place in reversed(list(enumerate(known)))}
    return sorted(known, key=lambda place: (first[place[:2]], order[place[2]]))


def cost(bench, place, tool):
    costs = bench.costs.get((*place, tool.name))
    return measure.medians(costs) if costs else None


def ratio(bench, place, part):
    """Datashare's part of the better of the other two; below 1 Datashare is better."""
    ours, others = cost(bench, place, Datashare), [cost(bench, place, tool) for tool in (Azcopy, Rclone)]
    others = [getattr(other, part) for other in others if other]
    return getattr(ours, part) / min(others) if ours and others else None


def text(bench, limits, plans):
    lines, last = [], None
    for place in rows(bench):
        if place[0] != last:
            lines += ["", TITLES[place[0]], *head()]
            last = place[0]
        lines.append(line(bench, place))
    lines += ["", *planned(plans), *foot(bench, limits)]
    return "\n".join(lines)


def head():
    names = "".join(f"{name:>11}" for name in ("datashare", "azcopy", "rclone", "ratio"))
    groups = "".join(f" |{title:^44}" for title in PARTS.values())
    return [f"{'':32}{groups}", f"{'':32}" + f" |{names}" * len(PARTS)]


def line(bench, place):
    _, row, direction = place
    cells = f"{row:<12}{NAMES[direction]:<20}"
    for part in PARTS:
        digits = 0 if part == "memory" else 2
        cells += " |"
        for tool in TOOLS:
            found = cost(bench, place, tool)
            failed = "failed" if (*place, tool.name) in bench.failures else "-"
            cells += f"{getattr(found, part):11.{digits}f}" if found else f"{failed:>11}"
        share = ratio(bench, place, part)
        cells += f"{share:11.2f}" if share is not None else f"{'-':>11}"
    return cells


def planned(plans):
    for count, found in plans.items():
        yield (
            f"Plan of {count:>9,} objects: {found.seconds:.2f} s, {found.cpu:.2f} CPU s, peak {found.memory:.0f} MB,"
            f" {found.seconds / count * 1e6:.2f} µs per object"
        )


def foot(bench, limits):
    gigabyte = 1024**3
    yield (
        f"Limits: loopback {limits['loopback'] / 1e9:.1f} GB/s (1 GiB in {gigabyte / limits['loopback']:.2f} s),"
        f" received from it into a file, and nothing else, {limits['arriving'] / 1e9:.1f} GB/s (1 GiB in {gigabyte / limits['arriving']:.2f} s),"
        f" disk written through {limits['disk'] / 1e9:.2f} GB/s (1 GiB in {gigabyte / limits['disk']:.2f} s),"
        f" link {LINK['rate']} Mbit/s (1 GiB in {gigabyte * 8 / LINK['rate'] / 1e6:.1f} s),"
        f" MD5 of one file on one core {limits['md5'] / 1e9:.2f} GB/s (1 GiB in {gigabyte / limits['md5']:.2f} s)"
    )
    if LINK["by"]:
        yield f"The link is {LINK['by']}"
    yield f"Machine: {os.cpu_count()} cores; load while measuring ended at {os.getloadavg()[0]:.1f}"
    yield f"Files: in {'memory' if bench.in_memory else 'a folder'}"
    yield f"Medians of {bench.chosen.runs}; ratio: Datashare to the better of the other two, below 1 is better"
    for tool in TOOLS:
        yield f"{tool.name} {bench.versions.get(tool.name, 'was not measured')}: {tool.flags}"


def facts(bench, limits, plans):
    measured = [
        dict(zip(("server", "row", "direction", "tool"), place)) | {"runs": [vars(cost) for cost in costs]}
        for place, costs in bench.costs.items()
    ]
    failures = [{"place": place, "message": message} for place, message in bench.failures.items()]
    plan = {str(count): vars(found) for count, found in plans.items()}
    return {"limits": limits, "versions": bench.versions, "measured": measured, "failed": failures, "plan": plan}
