"""One goroutine of vole's beside what the runtime, or the program, said of it.

vole may show more frames only where the runtime began its traceback further
out: see may_precede.
"""

import dataclasses
import re

import blocks
import traceback_text as text

# The runtime's word is the wait reason of a goroutine that waits, else its status.
WORDS = {"copying": "copystack"}
SHOWN = 12


def show(frame):
	"""One frame of vole's."""
	place = f"{frame.get('file', '?')}:{frame.get('line', '?')}"
	extra = " inlined" if frame.get("inlined") else ""
	return (f"{frame.get('function')} {place} pc={frame.get('pc')} sp={frame.get('sp')} "
		f"size={frame.get('size')}{extra} {frame.get('kind')}")


def show_text(frame):
	"""One frame of the runtime's."""
	where = " inlined" if frame.inlined else ""
	if frame.pc is not None:
		where = f" pc={frame.pc:#x} sp={frame.sp:#x} size={frame.fp - frame.sp}"
	return f"{frame.function} {frame.file}:{frame.line}{where}"


def address(value):
	return int(value, 16) if isinstance(value, str) else value


def differences(mine, theirs):
	"""What is not the same in a frame of vole's and one of the runtime's."""
	function = mine.get("function")
	if not isinstance(function, str) or text.function_name(function) != theirs.function:
		yield "function"
	# The compiler gives an interrupted instruction line 1 at times; we do better.
	if theirs.line > 1 and (mine.get("file"), mine.get("line")) != (theirs.file, theirs.line):
		yield "line"
	if bool(mine.get("inlined")) != theirs.inlined:
		yield "inlined"
	if mine.get("kind") != "go":
		yield "kind"
	if theirs.pc is None:
		return
	for key, want in (("pc", theirs.pc), ("sp", theirs.sp), ("size", theirs.fp - theirs.sp)):
		if address(mine.get(key)) != want:
			yield key


def may_precede(frame):
	"""May this stand before the first frame of the runtime's traceback?

	The runtime begins where a goroutine entered the kernel, C or its own
	dying; the thread's registers tell the rest.
	"""
	function = frame.get("function") or ""
	return frame.get("kind") in ("c", "signal") or \
		re.match(r"(runtime|syscall|internal/runtime/\w+|runtime/internal/\w+|"
			 r"golang\.org/x/sys/unix)(/\w+)?\.", function) is not None


def on_thread(goroutine):
	"""Did a thread run it, so that the runtime knew only a part?"""
	return goroutine.status in ("running", "syscall") or goroutine.m is not None


def without_callers_in_c(frames):
	"""vole's frames less those of C that called Go, which the runtime has not
	(crosscall2 is their last); whether the stack ends in such."""
	ret, inside = [], False
	for frame in frames:
		inside = inside and (frame.get("kind") == "c" or
				     frame.get("function") in ("crosscall2", "runtime.asmcgocall",
							       "runtime.asmcgocall_landingpad"))
		if not inside:
			ret.append(frame)
		inside = inside or frame.get("function") == "runtime.cgocallback"
	return ret, inside and len(ret) < len(frames)


class Stack:
	"""One stack of vole's beside the runtime's."""

	def __init__(self, mine, theirs, release="1.26"):
		self.mine, from_c = without_callers_in_c(mine)
		self.theirs = theirs
		if from_c and theirs.frames and theirs.frames[-1].function == "runtime.goexit":
			# On a thread that C made nothing called the goroutine; the
			# runtime has put a goexit there for its own unwinder.
			self.theirs = dataclasses.replace(theirs, frames=theirs.frames[:-1])
		self.release = blocks.version(release)
		self.wrong = []
		self.compared = 0

	def differ(self, what, index, mine, theirs):
		if len(self.wrong) < SHOWN:
			self.wrong.append(f"frame {index}, {what}:\n"
					  f"  vole    {mine}\n  runtime {theirs}")

	def begin(self):
		"""How many frames of vole's come before the runtime's first."""
		if not on_thread(self.theirs):
			return 0
		if not self.theirs.frames:
			return len(self.mine)
		first = self.theirs.frames[0]
		if self.theirs.elided_at is None:
			return max(0, len(self.mine) - len(self.theirs.frames))
		if self.theirs.elided is not None:
			return max(0, len(self.mine) - len(self.theirs.frames) - self.theirs.elided)
		for index, frame in enumerate(self.mine):
			if not list(differences(frame, first)):
				return index
		return 0

	def compare(self):
		first = self.begin()
		for index, frame in enumerate(self.mine[:first]):
			if not may_precede(frame):
				self.differ("which the runtime has not", index, show(frame), "nothing")
		mine = self.mine[first:]
		theirs = self.theirs
		if theirs.elided_at is not None:
			self.pair(mine, theirs.frames[:theirs.elided_at], first)
			if theirs.elided is None:
				return
			skip = theirs.elided_at + theirs.elided
			self.pair(mine[skip:], theirs.frames[theirs.elided_at:], first + skip)
			mine, want = mine[skip:], theirs.frames[theirs.elided_at:]
		else:
			want = self.interrupted(mine, theirs.frames)
			self.pair(mine, want, first)
		for index in range(len(want), len(mine)):
			self.differ("which the runtime has not", first + index, show(mine[index]), "nothing")

	def interrupted(self, mine, theirs):
		"""Up to Go 1.20 the runtime takes the pc at which a signal interrupted
		a function for a return address, so it tells the line and the inlined
		calls of the instruction before. Both then agree on what is there
		physically only: take vole's word for the rest."""
		at = next((i for i, f in enumerate(theirs) if f.function == "runtime.asyncPreempt"),
			  None)
		if self.release > (1, 20) or at is None:
			return theirs
		after = at + 1
		end = next((i for i, f in enumerate(theirs) if i >= after and not f.inlined), after)
		last = next((i for i, f in enumerate(mine) if i >= after and not f.get("inlined")),
			    after)
		if end >= len(theirs) or last >= len(mine):
			return theirs
		taken = [text.Frame(text.function_name(f["function"]), f["file"], f["line"], True)
			 for f in mine[after:last]]
		whole = dataclasses.replace(theirs[end], line=mine[last].get("line"))
		return theirs[:after] + taken + [whole] + theirs[end + 1:]

	def forgiven(self, mine, frame):
		"""What may differ where vole goes on from the thread's registers.

		The runtime has noted where a system call was announced, and it is
		being made some lines below; it has put a mark of its own in place of
		systemstack when that left for the thread's stack.
		"""
		if self.theirs.status == "syscall" and mine.get("file") == frame.file:
			return {"pc", "line"}
		if (mine.get("function"), frame.function) == \
		   ("runtime.systemstack", "runtime.systemstack_switch"):
			return {"function", "pc", "line"}
		return set()

	def pair(self, mine, theirs, first):
		for index, frame in enumerate(theirs):
			self.compared += 1
			if index >= len(mine):
				self.differ("which vole has not", first + index, "nothing", show_text(frame))
				continue
			wrong = set(differences(mine[index], frame))
			if index == 0 and first:
				wrong -= self.forgiven(mine[index], frame)
			if wrong:
				self.differ(" and ".join(sorted(wrong)), first + index,
					    show(mine[index]), show_text(frame))


def state(row):
	"""vole's row in the runtime's words."""
	reason = row.get("wait_reason")
	word = row.get("state")
	return reason if word == "waiting" and reason else WORDS.get(word, word)


def ran_on(theirs):
	"""Did it run on a thread that did not stop? Then it may be anywhere by now."""
	return theirs.unavailable and not theirs.frames


def compare_row(row, theirs):
	"""What differs in a row of `goroutines`, as text."""
	# Those that ran went on for a moment after they were printed.
	moving = theirs.status in ("running", "runnable", "syscall", "copystack") and \
		row.get("state") in ("running", "runnable")
	if state(row) != theirs.status and not moving and not ran_on(theirs):
		yield f"state: vole {state(row)!r}, runtime {theirs.status!r}"
	created = theirs.created_by
	if created and row.get("created_by") != created.function and \
	   text.function_name(str(row.get("created_by"))) != created.function:
		yield f"created by: vole {row.get('created_by')}, runtime {created.function}"
	if theirs.parent and row.get("parent") != theirs.parent:
		yield f"parent: vole {row.get('parent')}, runtime {theirs.parent}"


def user_frame(theirs):
	"""The innermost frame of user code, or else the innermost outside of the
	runtime; None where that cannot be told."""
	root = next((f.file[:-len(f.file.split("/src/runtime/")[-1])] for f in theirs.frames
		     if f.function == "runtime.goexit"), None)
	if root is None:
		return None
	source = root[:-len("runtime/")]
	for frame in theirs.frames:
		if not frame.file.startswith((source, "<autogenerated>")):
			return frame
	inner = (root, source + "internal/runtime/", source + "runtime/internal/", "<autogenerated>")
	return next((f for f in theirs.frames if not f.file.startswith(inner)), None)


def compare_user(row, theirs):
	"""What differs in the frame that a row shows as user code."""
	user = user_frame(theirs)
	if not user:
		return
	mine = (text.function_name(str(row.get("user_function"))), row.get("user_file"),
		row.get("user_line"))
	if mine != (user.function, user.file, user.line):
		yield f"user code: vole {mine}, runtime {show_text(user)}"


def printed(frames):
	"""Function names as a traceback of level 1 has them: runtime.Stack's."""
	for index, frame in enumerate(frames):
		name = text.function_name(frame.get("function") or "")
		if frame.get("kind") != "go" or "." not in name:
			continue
		if re.match(r"runtime\.[^A-Z]", name) and not (
			name == "runtime.gopanic" and index or
			re.match(r"runtime\.(runfinq|runFinalizers|runCleanups)$", name)):
			continue
		# A generic method called by its own name with a dictionary.
		again = index and name == text.function_name(frames[index - 1].get("function") or "")
		yield name, optional(frame) or again and "[...]" in name


def optional(frame):
	"""May such a traceback leave it out? Wrappers the compiler made are, unless
	they are innermost; up to Go 1.21 their names are like those of closures."""
	return frame.get("file") == "<autogenerated>" or re.search(
		r"-fm$|\.(deferwrap|gowrap|func)\d+(\.\d+)*$|^runtime\.runfinq$",
		frame.get("function") or "") is not None


def compare_told(frames, told):
	"""vole's stack beside the functions the program itself was told of."""
	mine = list(printed(frames))
	# What a system call is made by is below where the runtime began.
	while mine and told and mine[0][0] != told[0] and "yscall" in mine[0][0]:
		mine.pop(0)
	want = [text.function_name(name) for name in told]
	if len(want) >= 90:  # the runtime's limit is 100, hidden ones included
		want = want[:50]
		mine = mine[:50 + sum(wrapped for _, wrapped in mine[:50])]
	at = 0
	for name, wrapped in mine:
		if at < len(want) and want[at] == name:
			at += 1
		elif not wrapped:
			return f"functions: vole {[n for n, _ in mine][:SHOWN]}, told {want[:SHOWN]}"
	if at < len(want):
		return f"functions: vole has not {want[at:at + SHOWN]}"
	return None
