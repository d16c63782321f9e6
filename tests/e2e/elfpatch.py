"""Reading and changing the bytes of ELF files, to make bad ones of good ones."""

import pathlib
import shutil
import struct

PT_LOAD, PT_NOTE = 1, 4


class Image:
	"""A core file (or a copy of one) addressed as the process was."""

	def __init__(self, path):
		self.path = pathlib.Path(path)
		self.file = open(path, "r+b")
		head = self.file.read(64)
		offset, = struct.unpack_from("<Q", head, 32)
		size, count = struct.unpack_from("<HH", head, 54)
		self.file.seek(offset)
		table = self.file.read(size * count)
		self.headers = [struct.unpack_from("<IIQQQQQQ", table, i * size)
				for i in range(count)]
		self.undo = []

	def offset(self, addr):
		for kind, _, offset, vaddr, _, filesz, _, _ in self.headers:
			if kind == PT_LOAD and vaddr <= addr < vaddr + filesz:
				return offset + addr - vaddr
		raise KeyError(f"{addr:#x} is not in {self.path.name}")

	def read(self, addr, size):
		self.file.seek(self.offset(addr))
		return self.file.read(size)

	def word(self, addr):
		return struct.unpack("<Q", self.read(addr, 8))[0]

	def write(self, addr, data):
		"""Change bytes; restore() puts the old ones back."""
		if isinstance(data, int):
			data = struct.pack("<Q", data & 0xffff_ffff_ffff_ffff)
		self.undo.append((addr, self.read(addr, len(data))))
		self.file.seek(self.offset(addr))
		self.file.write(data)
		self.file.flush()

	def restore(self):
		for addr, data in reversed(self.undo):
			self.file.seek(self.offset(addr))
			self.file.write(data)
		self.file.flush()
		self.undo = []

	def loads(self):
		return [h for h in self.headers if h[0] == PT_LOAD and h[5]]

	def close(self):
		self.file.close()


def copy(source, target):
	"""A copy that keeps holes; the copy may be written to."""
	shutil.copy2(source, target)
	return pathlib.Path(target)


def patched(source, target, *changes):
	"""A copy with (offset, bytes) changed."""
	copy(source, target)
	with open(target, "r+b") as file:
		for offset, data in changes:
			file.seek(offset)
			file.write(data)
	return pathlib.Path(target)


def truncated(source, target, size):
	with open(source, "rb") as file:
		pathlib.Path(target).write_bytes(file.read(size))
	return pathlib.Path(target)


def replaced(source, target, old, new):
	"""A copy with every occurrence of bytes replaced by as many others."""
	assert len(old) == len(new)
	data = pathlib.Path(source).read_bytes()
	assert old in data, f"{old} is not in {source}"
	copy(source, target)
	pathlib.Path(target).write_bytes(data.replace(old, new))
	return pathlib.Path(target)
