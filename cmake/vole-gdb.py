"""Loads vole into gdb: source /path/to/vole-gdb.py

The module is the vole.abi3.so beside this file. It is loaded by its path, so
that nothing has to be set up and nothing of the same name can come between.
"""
import importlib.machinery
import importlib.util
import os
import sys


def load(name):
    if name in sys.modules:
        return
    here = os.path.dirname(os.path.realpath(__file__))
    path = os.path.join(here, name + ".abi3.so")
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module


load("vole")
