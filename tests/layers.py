#!/usr/bin/env python3
"""Check which folder includes which, as the table below allows.

usage: layers.py [ROOT]      check the project (default: where this file is)
       layers.py --selftest  plant each kind of mistake in a small tree

Prints FILE:LINE: what is wrong, and exits 1, when something is.
"""
import os
import re
import sys
import tempfile

BASE = ["core/base"]
TARGET = BASE + ["core/target"]
RUNTIME = TARGET + ["core/runtime"]
CHECK = RUNTIME + ["core/heap", "core/value", "core/check"]
ESCAPE = CHECK + ["core/escape"]
TRIAGE = ESCAPE + ["core/triage"]
CORE = TRIAGE + ["core/render", "core/command"]
FRONT = BASE + ["core/vole.h", "core/target/host.h", "core/target/procmaps.h",
                "core/target/registers.h", "dwarf/dwarf.h"]

# A folder may include what lies in these folders, and these files.
MAY = {
    "core/base": BASE,
    "core/target": TARGET,
    "core/runtime": RUNTIME,
    "core/heap": RUNTIME + ["core/heap"],
    "core/value": RUNTIME + ["core/value"],
    "core/check": CHECK,
    "core/escape": ESCAPE,
    "core/triage": TRIAGE,
    "core/render": BASE + ["core/target/host.h", "core/target/types.h",
                           "core/target/debuginfo.h", "core/value/visit.h",
                           "core/render"],
    "core/command": CORE,
    "core": CORE + ["core/vole.h", "core/session.h"],
    "dwarf": TARGET + ["dwarf"],
    "gdb": FRONT + ["gdb"],
    "lldb": FRONT + ["lldb"],
    "cli": FRONT + ["cli"],
}

# Headers of libraries that one folder only may see.
OWNER = [
    (re.compile(r"Python\.h$"), "gdb"),
    (re.compile(r"lldb/"), "lldb"),
]

SOURCE = (".c", ".h", ".cpp", ".def")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def files(root):
    for top in ("core", "dwarf", "gdb", "lldb", "cli"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith(SOURCE):
                    path = os.path.join(folder, name)
                    yield os.path.relpath(path, root)


def includes(root, path):
    """(line, bracket, name) of each #include outside of a comment."""
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text,
                  flags=re.S)
    for number, line in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def resolve(root, path, name):
    """The project's file that #include "name" means in path, or None."""
    for folder in (os.path.dirname(path), "", "core"):
        found = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(os.path.join(root, found)):
            return found
    return None


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "core" and len(parts) > 2 \
        else parts[0]


def allowed(path, target):
    return any(target == it or folder_of(target) == it
               for it in MAY[folder_of(path)])


def check_file(root, path, graph):
    own = os.path.splitext(path)[0] + ".h"
    has_own = path.endswith((".c", ".cpp")) and \
        os.path.isfile(os.path.join(root, own))
    first = True
    for line, bracket, name in includes(root, path):
        target = resolve(root, path, name) if bracket == '"' else None
        if first and has_own and target != own:
            yield f"{path}:{line}: includes {name} before its own header"
        first = False
        if target:
            graph.setdefault(path, []).append((target, line))
            if not allowed(path, target):
                yield f"{path}:{line}: {folder_of(path)} may not " \
                      f"include {target}"
            continue
        if bracket == '"':
            yield f"{path}:{line}: no {name} in this project"
        for pattern, owner in OWNER:
            if pattern.match(name) and folder_of(path) != owner:
                yield f"{path}:{line}: only {owner}/ may include {name}"
    if first and has_own:
        yield f"{path}:1: does not include its own header"


def cycles(graph):
    done, stack = set(), []

    def visit(path):
        stack.append(path)
        for target, line in graph.get(path, []):
            if target in stack:
                loop = stack[stack.index(target):] + [target]
                yield f"{path}:{line}: include cycle " + " -> ".join(loop)
            elif target not in done:
                yield from visit(target)
        stack.pop()
        done.add(path)

    for path in sorted(graph):
        if path not in done:
            yield from visit(path)


def check(root):
    graph, found = {}, []
    for path in files(root):
        if folder_of(path) in MAY:
            found.extend(check_file(root, path, graph))
        else:
            found.append(f"{path}:1: {folder_of(path)} is not in the table "
                         "of tests/layers.py")
    return found + list(cycles(graph))


CLEAN = {
    "core/base/error.h": "",
    "core/base/error.c": '#include "base/error.h"\n#include <stdio.h>\n',
    "core/target/host.h": '#include "base/error.h"\n',
    "core/target/view.h": '#include "target/host.h"\n',
    "core/render/text.c": '#include "target/host.h"\n',
    "core/command/chan.c": '#include "render/sink.h"\n',
    "core/render/sink.h": "",
    "core/vole.h": '#include "target/view.h"\n',
    "core/vole.c": '/*\n#include "no.h"\n*/\n#include "vole.h"\n',
    "dwarf/dwarf.h": '#include "target/host.h"\n',
    "gdb/host.c": '#include <Python.h>\n#include "dwarf/dwarf.h"\n',
    "cli/main.c": '#include "vole.h"\n',
}

# file, its text, what must be said about it
MISTAKES = [
    ("core/base/y.c", '\n#include "target/host.h"\n',
     "core/base/y.c:2: core/base may not include core/target/host.h"),
    ("core/render/x.c", '#include "target/view.h"\n',
     "core/render/x.c:1: core/render may not include core/target/view.h"),
    ("core/target/x.h", '#include "../command/../render/sink.h"\n',
     "core/target/x.h:1: core/target may not include core/render/sink.h"),
    ("core/heap/x.c", '/* one\n * two */ #include "dwarf/dwarf.h"\n',
     "core/heap/x.c:2: core/heap may not include dwarf/dwarf.h"),
    ("dwarf/x.c", '#include "render/sink.h"\n',
     "dwarf/x.c:1: dwarf may not include core/render/sink.h"),
    ("gdb/x.c", '#include "target/view.h"\n',
     "gdb/x.c:1: gdb may not include core/target/view.h"),
    ("lldb/x.cpp", '#include "cli/x.h"\n',
     "lldb/x.cpp:1: lldb may not include cli/x.h"),
    ("cli/y.c", "#include <Python.h>\n",
     "cli/y.c:1: only gdb/ may include Python.h"),
    ("core/base/error.c", '#include <stdio.h>\n#include "base/error.h"\n',
     "core/base/error.c:1: includes stdio.h before its own header"),
    ("core/base/error.c", "",
     "core/base/error.c:1: does not include its own header"),
    ("core/base/error.h", '\n\n#include "base/x.h"\n',
     "core/base/x.h:1: include cycle core/base/error.h -> core/base/x.h "
     "-> core/base/error.h"),
    ("core/misc/x.c", "", "core/misc/x.c:1: core/misc is not in the table "
     "of tests/layers.py"),
    ("core/base/y.c", '#include "none.h"\n',
     "core/base/y.c:1: no none.h in this project"),
]


def plant(root, tree):
    for path, text in tree.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def selftest():
    failed = 0
    helpers = {"cli/x.h": "", "core/base/x.h": '#include "base/error.h"\n'}
    cases = [(None, None, None)] + MISTAKES
    for path, text, wanted in cases:
        with tempfile.TemporaryDirectory() as root:
            plant(root, {**CLEAN, **helpers})
            if path:
                plant(root, {path: text})
            found = check(root)
        if found != ([wanted] if wanted else []):
            print(f"selftest: wanted {wanted}, found {found}")
            failed += 1
    print(f"layers: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    here = os.path.dirname(os.path.abspath(__file__))
    found = check(sys.argv[1] if sys.argv[1:] else os.path.dirname(here))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
