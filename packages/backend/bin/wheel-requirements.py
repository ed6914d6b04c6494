"""Prints, a line each, the packages that an extra of a wheel asks for: wheel-requirements.py WHEEL EXTRA"""
import re
import sys
import zipfile

wheel, extra = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    text = archive.read(metadata).decode("utf-8")
for line in text.splitlines():
    found = re.match(r"Requires-Dist: *([^;]+?) *; *extra *== *[\"']%s[\"'] *$" % re.escape(extra), line)
    if found:
        print(found.group(1))
