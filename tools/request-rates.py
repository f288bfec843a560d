#!/usr/bin/env python3
"""Compares a mirror's request log with the limits of the sources.

    risk sources list --json > sources.json
    python3 tools/request-rates.py requests.log sources.json

The log has one JSON object a line with "time" (seconds), "host" and "status". For each group of hosts that share a limit:
the requests, those answered 304, and the most in any window of the limit. Ends with 1 when a window held more than the limit
and one request that was late on its way.
"""
import json
import sys
from collections import Counter, defaultdict
from fnmatch import fnmatch


def main():
    log, sources = sys.argv[1:3]
    limits = {}
    for source in json.load(open(sources, encoding="utf-8")):
        limit = source.get("limit")
        if limit:
            known = limits.setdefault(limit["group"], dict(limit, hosts=set()))
            known["hosts"].update(limit["hosts"])
    # A source that may call any host comes last: the others say which hosts are theirs.
    groups = sorted(limits.items(), key=lambda g: "*" in g[1]["hosts"])
    times, same, strangers = defaultdict(list), Counter(), Counter()
    for line in open(log, encoding="utf-8"):
        request = json.loads(line)
        group = next((g for g, l in groups if any(fnmatch(request["host"], h) for h in l["hosts"])), None)
        if group is None:
            strangers[request["host"]] += 1
            continue
        times[group].append(request["time"])
        same[group] += request["status"] == 304
    bad = bool(strangers)
    print(f"{'group':24} {'requests':>8} {'304':>6} {'most':>6} {'limit':>16}")
    for group in sorted(times):
        limit, at, start, most = limits[group], sorted(times[group]), 0, 0
        for end, time in enumerate(at):
            while at[start] <= time - limit["seconds"]:
                start += 1
            most = max(most, end - start + 1)
        over = most > limit["requests"] + 1
        bad |= over
        print(f"{group:24} {len(at):8} {same[group]:6} {most:6} {limit['requests']:6} in {limit['seconds']:g} s{'  OVER' if over else ''}")
    for host, count in strangers.items():
        print(f"{host}: {count} requests, and no source may call it")
    sys.exit(bad)


if __name__ == "__main__":
    main()
