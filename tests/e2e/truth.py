"""Compare what vole says of an expression with what the program said itself.

Every node compared is one fact. The program's "cut" ends the comparison of a
branch; an "unreadable" where the program had a value is wrong.
"""

import json
import math
import re
import struct

STRINGS = {"int", "int64", "uint", "uint64", "uintptr"}
NUMBERS = {"int8", "int16", "int32", "uint8", "uint16", "uint32"}
CONTENTS = ("value", "fields", "elements", "entries", "pointee", "dynamic", "function")


class Comparison:
	"""The differences of one expression."""

	def __init__(self, captures):
		self.captures = captures  # must closures' captures be there?
		self.facts = 0
		self.wrong = []

	def differ(self, path, want, got):
		if len(self.wrong) < 20:
			self.wrong.append(f"{path}: expected {short(want)}, got {short(got)}")

	def same(self, path, want, got):
		if want != got:
			self.differ(path, want, got)

	def value(self, path, want, got):
		"""One node and all below it."""
		if not isinstance(got, dict):
			return self.differ(path, want, got)
		self.address(path, want, got)
		if want.get("cut"):
			return None
		self.facts += 1
		if "unreadable" in got:
			return self.differ(path, want, got["unreadable"])
		self.same(path + " type", plain_type(want["type"]), plain_type(got.get("type")))
		self.same(path + " kind", want["kind"], got.get("kind"))
		if want["kind"] == "unsafe.Pointer" and want.get("value") == "0x0":
			want = {**want, "nil": True}
		if bool(want.get("nil")) != is_nil(got):
			return self.differ(path, "nil" if want.get("nil") else want, got)
		for key in ("len", "cap"):
			# A nil thing need not tell that it holds nothing.
			if key in want and (key in got or not want.get("nil")):
				self.same(f"{path} {key}", want[key], got.get(key))
		if want.get("nil"):
			return None
		kind = want["kind"]
		if kind in ("ptr", "chan"):
			self.same(path + " value", want["value"], got.get("value"))
		if kind in ("ptr", "interface"):
			key = "pointee" if kind == "ptr" else "dynamic"
			if key not in got:
				# Both saw the cycle, where they say so may differ.
				if want[key].get("cut") and got.get("not_followed") == "cycle":
					return self.same(path, want["value"], got["value"])
				return self.differ(path, want, got)
			return self.value(path + ("^" if kind == "ptr" else ".(dyn)"),
					  want[key], got[key])
		return getattr(self, kind if kind in ("struct", "map", "func") else
			       "list" if "elements" in want else "scalar")(path, want, got)

	def address(self, path, want, got):
		# Without an address of its own a thing of no size may be anywhere.
		if "address" in want and "address" in got and not empty(want):
			self.same(path + " address", want["address"], got["address"])

	def struct(self, path, want, got):
		fields = got.get("fields") or []
		names = [f["name"] for f in want["fields"]]
		if [f.get("name") for f in fields] != names:
			return self.differ(path + " fields", names, [f.get("name") for f in fields])
		for mine, theirs in zip(want["fields"], fields):
			self.value(f"{path}.{mine['name']}", mine["value"], theirs.get("value"))
		if "holds" in want:
			self.value(f"{path}.(held)", want["holds"], got.get("holds"))

	def list(self, path, want, got):
		elements = got.get("elements")
		if elements is None or len(elements) != len(want["elements"]):
			return self.differ(path + " elements", f"{len(want['elements'])} of them",
					   "none" if elements is None else f"{len(elements)} of them")
		for index, (mine, theirs) in enumerate(zip(want["elements"], elements)):
			self.value(f"{path}[{index}]", mine, theirs)

	def map(self, path, want, got):
		entries = got.get("entries")
		if entries is None:
			return self.differ(path + " entries", "some", None)
		if not want.get("head") and len(entries) != len(want["entries"]):
			self.differ(path + " entries", len(want["entries"]), len(entries))
		there = {}
		for entry in entries:
			there.setdefault(canonical(entry.get("key")), []).append(entry)
		for mine in want["entries"]:
			key = canonical(mine["key"])
			same_key = there.get(key, [])
			if not same_key:
				self.differ(path, f"an entry of key {key}", None)
				continue
			# NaN is a key many times over: take the entry of that value.
			value = canonical(mine["value"])
			same_key.sort(key=lambda e: canonical(e.get("value")) != value)
			theirs = same_key.pop(0)
			self.value(f"{path} key {key}", mine["key"], theirs["key"])
			self.value(f"{path}[{key}]", mine["value"], theirs.get("value"))

	def func(self, path, want, got):
		self.same(path + " function", plain_function(want["function"]),
			  plain_function(got.get("function")))
		captures = got.get("captures")
		if "captures" not in want or not (captures or self.captures):
			return
		names = sorted(c["name"] for c in want["captures"])
		theirs = {c.get("name", ""): c.get("value") for c in captures or []}
		if self.captures and sorted(theirs) != names or set(theirs) - set(names):
			return self.differ(path + " captures", names, captures)
		for mine in want["captures"]:
			if mine["name"] in theirs:
				self.value(f"{path} captured {mine['name']}",
					   captured(mine["value"]), theirs[mine["name"]])

	def scalar(self, path, want, got):
		mine, theirs = want.get("value"), got.get("value")
		kind = want["kind"]
		if kind == "chan":
			return
		if kind in STRINGS | {"float32", "float64", "complex64", "complex128"} \
		   and not isinstance(theirs, str):
			return self.differ(path + " (a JSON string)", mine, theirs)
		if kind in NUMBERS and (isinstance(theirs, bool) or not isinstance(theirs, int)):
			return self.differ(path + " (a JSON number)", mine, theirs)
		if kind == "string" and "bytes" in want:
			return self.same(path + " bytes", want["bytes"], got.get("bytes"))
		if normal(kind, mine) != normal(kind, theirs):
			self.differ(path, mine, theirs)


def short(value):
	text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
	return text if len(text) < 300 else text[:300] + "..."


def plain_type(name):
	"""Types declared in functions have a number in DWARF, not in reflect."""
	return re.sub(r"·\d+", "", name) if isinstance(name, str) else name


def plain_function(name):
	"""The runtime may write type arguments as [...]; compare without them."""
	if not isinstance(name, str):
		return name
	while (less := re.sub(r"\[[^\[\]]*\]", "<>", name)) != name:
		name = less
	return re.sub(r"·\d+", "", name)


def captured(want):
	"""What the program says of a copy: its contents, not where they lie."""
	if want.get("type") == "[1]interface {}":
		want = want["elements"][0]
	return {key: [captured(v) if isinstance(v, dict) else v for v in value]
		if key == "elements" else value
		for key, value in want.items() if key != "address"}


def is_nil(got):
	"""Does this value say that it is nil?"""
	if got.get("nil") is True:
		return True
	if got.get("kind") not in ("ptr", "slice", "map", "chan", "func", "interface"):
		return False
	there = [key for key in CONTENTS if key in got]
	return any(got[key] is None or got[key] == "nil" or key == "value" and
		   got[key] == "0x0" for key in there) and \
		not any(got[key] for key in there if key not in ("value", "function"))


def empty(want):
	"""Has this value no size, as far as its shape tells?"""
	if want["kind"] == "struct" if "kind" in want else False:
		return all(empty(f["value"]) for f in want.get("fields", [1]) if f != 1)
	if want.get("kind") == "array":
		return all(empty(e) for e in want.get("elements", []))
	return False


def normal(kind, value):
	"""A form in which equal values are equal."""
	if value is None:
		return None
	try:
		if kind in ("float32", "float64"):
			return normal_float(float(value), kind == "float32")
		if kind in ("complex64", "complex128"):
			return normal_complex(value, kind == "complex64")
		if kind in STRINGS | NUMBERS or kind == "unsafe.Pointer":
			return int(value, 0) if isinstance(value, str) else int(value)
	except (TypeError, ValueError):
		return value
	return value


def normal_float(value, single):
	if math.isnan(value):
		return "NaN"
	if single and not math.isinf(value):
		try:
			value = struct.unpack("f", struct.pack("f", value))[0]
		except OverflowError:
			pass
	return (value, math.copysign(1, value))


def normal_complex(value, single):
	number = r"[+-]?(?:NaN|Inf|[0-9.]+(?:e[+-]?\d+)?)"
	hit = re.fullmatch(rf"\(?({number})({number})i\)?", value)
	if not hit:
		return value
	return tuple(normal_float(float(part), single) for part in hit.groups())


def canonical(value):
	"""A text by which equal keys are equal, wherever they lie."""
	if not isinstance(value, dict):
		return repr(value)
	kind = value.get("kind")
	if kind == "ptr":
		target = value.get("pointee") or {}
		return f"*{value.get('value') or target.get('address')}"
	if "dynamic" in value:
		return "any:" + canonical(value["dynamic"])
	if "fields" in value:
		inner = ",".join(canonical(f.get("value")) for f in value["fields"])
		return f"{plain_type(value.get('type'))}{{{inner}}}"
	if kind == "array":
		return f"[{','.join(map(canonical, value.get('elements') or []))}]"
	if kind == "chan":
		return f"chan {value.get('value')}"
	if kind == "string" and "bytes" in value:
		return "bytes:" + value["bytes"]
	return f"{plain_type(value.get('type'))}:{normal(kind, value.get('value'))}"


def text(value):
	"""How a value reads: its own text, or that of what it points to or holds."""
	while isinstance(value, dict):
		if "text" in value:
			return value["text"]
		value = value.get("pointee", value.get("dynamic"))
	return "no text"
