#!/usr/bin/env python3
"""The comparison of stacks must find what is wrong: tested by itself."""

import copy
import unittest

import stack_compare
import traceback_text as text

GO118 = """panic: main.errTest{} [recovered]
	panic: again

goroutine 7 [running]:
panic({0x4a1b40, 0xc000012345})
	/go/src/runtime/panic.go:838 +0x207 fp=0xc000107e28 sp=0xc000107d68 pc=0x433127
main.mapped[...]({0xc000107f40, 0x2})
	/src/main.go:30 +0x1d fp=0xc000107e90 sp=0xc000107e28 pc=0x4b0001
main.inlined(...)
	/src/main.go:20
main.main.func1()
	/src/main.go:12 +0x4c fp=0xc000107f80 sp=0xc000107e90 pc=0x4b0100
runtime.goexit()
	/go/src/runtime/asm_amd64.s:1571 +0x1 fp=0xc000107f88 sp=0xc000107f80 pc=0x4630e1
created by main.main
	/src/main.go:11 +0x69

goroutine 1 [chan receive (nil chan), 2 minutes, locked to thread]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	/go/src/runtime/proc.go:361 +0xd6 fp=0xc00004a708 sp=0xc00004a6e8 pc=0x435ab6
main.deep(0x3)
	/src/main.go:40 +0x25 fp=0xc00004a728 sp=0xc00004a708 pc=0x4b0200
...additional frames elided...
"""

GO126 = """SIGQUIT: quit
PC=0x408c2e m=0 sigcode=0

goroutine 1 gp=0x1498106ec1e0 m=0 mp=0x614e60 [syscall]:
syscall.Syscall(0x3, 0x0, 0x0, 0x0)
	/go/src/syscall/syscall_linux.go:73 +0x25 fp=0x149810701e48 sp=0x149810701dd8 pc=0x4a1b15
main.(*list[...]).each(0xc000012345)
	/src/list.go:9 +0x39 fp=0x149810701f48 sp=0x149810701e48 pc=0x4b0039
runtime.goexit({})
	/go/src/runtime/asm_amd64.s:1771 +0x1 fp=0x149810701fe8 sp=0x149810701fe0 pc=0x48ec01

goroutine 8 gp=0x1498106ec5a0 m=3 mp=0x149810728008 [running]:
	goroutine running on other thread; stack unavailable
created by main.main in goroutine 1
	/src/main.go:20 +0x65

goroutine 9 gp=0x1498106ec780 m=nil [chan receive (scan), synctest bubble 1 labels:{"a": "b"}]:
main.deep(...)
	/src/main.go:41
main.deep(0x2)
	/src/main.go:42 +0x25 fp=0x149810702728 sp=0x149810702708 pc=0x4b0300
...3 frames elided...
main.deep(0x0?)
	/src/main.go:43 +0x35 fp=0x149810702fe0 sp=0x149810702f80 pc=0x4b0310
runtime.goexit({})
	/go/src/runtime/asm_amd64.s:1771 +0x1 fp=0x149810702fe8 sp=0x149810702fe0 pc=0x48ec01
created by vole.test/targets/x.(*T).Start.func1 in goroutine 8
	/src/x/x.go:20 +0x65

rax    0x0
rbx    0x12345678

-----

SIGQUIT: quit
PC=0x4b0400 m=3 sigcode=0

goroutine 8 gp=0x1498106ec5a0 m=3 mp=0x149810728008 [running]:
main.spin(0x5)
	/src/main.go:70 +0x15 fp=0x149810703fe0 sp=0x149810703fc0 pc=0x4b0400
runtime.goexit({})
	/go/src/runtime/asm_amd64.s:1771 +0x1 fp=0x149810703fe8 sp=0x149810703fe0 pc=0x48ec01
created by main.main in goroutine 1
	/src/main.go:20 +0x65

goroutine 0 gp=0x1498106ec5a0 m=1 mp=0x149810728008 [idle]:
runtime.futex(0x0, 0x0)
	/go/src/runtime/sys_linux_amd64.s:557 +0x21 fp=0x7ffe00000100 sp=0x7ffe000000f8 pc=0x485e01
runtime: g 0: unexpected return pc for runtime.futex called from 0x1
stack: frame={sp:0x0, fp:0x0} stack=[0x0,0x0)
rax    0xca

runtime stack:
runtime.throw({0x51b3e7, 0x25})
	/go/src/runtime/panic.go:1 +0x48 fp=0x7ffe00000200 sp=0x7ffe00000180 pc=0x48776f
"""


def answer(goroutine):
	"""What vole would say, were it to say just the same."""
	frames = [{"function": f.function, "file": f.file, "line": f.line,
		   "inlined": f.inlined, "kind": "go",
		   "pc": f"{f.pc or 0:#x}", "sp": f"{f.sp or 0:#x}",
		   "size": (f.fp or 0) - (f.sp or 0)} for f in goroutine.frames]
	if goroutine.elided:
		more = [dict(frames[0], function="main.hidden")] * goroutine.elided
		frames[goroutine.elided_at:goroutine.elided_at] = more
	return frames


def compared(frames, theirs):
	stack = stack_compare.Stack(frames, theirs)
	stack.compare()
	return stack.wrong


class Reading(unittest.TestCase):
	def setUp(self):
		self.old = text.merged(text.read(GO118)[0])
		everything, self.runtime = text.read(GO126)
		self.everything = everything
		self.new = text.merged(everything)

	def test_headers(self):
		self.assertEqual([g.id for g in self.old.values()], [7, 1])
		one = self.old[1]
		self.assertEqual((one.status, one.minutes, one.locked, one.scan),
				 ("chan receive (nil chan)", 2, True, False))
		nine = self.new[9]
		self.assertEqual((nine.status, nine.scan, nine.gp, nine.m),
				 ("chan receive", True, 0x1498106ec780, None))
		self.assertEqual(self.new[1].m, 0)

	def test_frames(self):
		frames = self.old[7].frames
		self.assertEqual([f.function for f in frames],
				 ["runtime.gopanic", "main.mapped[...]", "main.inlined",
				  "main.main.func1", "runtime.goexit"])
		self.assertEqual([f.inlined for f in frames], [False, False, True, False, False])
		self.assertEqual((frames[1].file, frames[1].line, frames[1].pc, frames[1].sp,
				  frames[1].fp),
				 ("/src/main.go", 30, 0x4b0001, 0xc000107e28, 0xc000107e90))
		self.assertEqual(self.new[1].frames[1].function, "main.(*list[...]).each")

	def test_created_by(self):
		self.assertEqual(self.old[7].created_by.function, "main.main")
		self.assertEqual(self.old[7].parent, 0)
		self.assertEqual(self.new[9].created_by.function,
				 "vole.test/targets/x.(*T).Start.func1")
		self.assertEqual(self.new[9].parent, 8)
		self.assertIsNone(self.new[1].created_by)

	def test_elided(self):
		self.assertEqual((self.old[1].elided_at, self.old[1].elided), (2, None))
		self.assertEqual((self.new[9].elided_at, self.new[9].elided), (2, 3))

	def test_printed_twice(self):
		self.assertEqual(sorted(self.new), [1, 8, 9])
		self.assertTrue(self.everything[1].unavailable)
		self.assertEqual(self.new[8].frames[0].function, "main.spin")

	def test_runtime_stacks(self):
		self.assertEqual([g.id for g in self.everything].count(0), 1)
		self.assertTrue(self.everything[-1].broken)
		self.assertEqual(self.runtime[0].frames[0].function, "runtime.throw")

	def test_function_names(self):
		self.assertEqual(text.function_name("main.f[go.shape.int]"), "main.f[...]")
		self.assertEqual(text.function_name("main.f[a[b]].func1[c].g"), "main.f[...].g")
		self.assertEqual(text.function_name("main.f"), "main.f")


class Comparing(unittest.TestCase):
	def setUp(self):
		self.all = [*text.merged(text.read(GO118)[0]).values(),
			    *text.merged(text.read(GO126)[0]).values()]

	def test_the_same(self):
		for theirs in self.all:
			self.assertEqual(compared(answer(theirs), theirs), [])

	def test_each_change_is_found(self):
		changes = {"function": "main.other", "file": "/src/other.go", "line": 9999,
			   "inlined": None, "kind": "c", "pc": "0x1", "sp": "0x1", "size": 1}
		for theirs in self.all:
			shown = answer(theirs)
			for index, frame in enumerate(shown):
				if frame["function"] == "main.hidden":
					continue
				for key, value in changes.items():
					if frame["inlined"] and key in ("pc", "sp", "size"):
						continue
					value = not frame["inlined"] if key == "inlined" else value
					wrong = copy.deepcopy(shown)
					wrong[index][key] = value
					self.assertTrue(compared(wrong, theirs), (index, key))

	def test_each_frame_left_out_is_found(self):
		for theirs in self.all:
			shown = answer(theirs)
			for index in range(len(shown)):
				self.assertTrue(compared(shown[:index] + shown[index + 1:], theirs))

	def test_each_frame_too_many_is_found(self):
		extra = {"function": "main.extra", "kind": "go"}
		for theirs in self.all:
			shown = answer(theirs)
			# Nothing is known of what comes after "additional frames".
			last = len(shown) - 1 if theirs.elided_at and theirs.elided is None \
				else len(shown)
			for index in range(last + 1):
				if theirs.elided and index == theirs.elided_at:
					continue
				wrong = shown[:index] + [extra] + shown[index:]
				self.assertTrue(compared(wrong, theirs), index)

	def test_what_may_come_before(self):
		parked, called = self.all[1], self.all[2]
		inner = [{"function": "internal/runtime/syscall/linux.Syscall6", "kind": "go"},
			 {"function": "syscall.RawSyscall6", "kind": "go"}]
		self.assertEqual(compared(inner + answer(called), called), [])
		self.assertTrue(compared(inner + answer(parked), parked))
		c = [{"function": "read", "kind": "c"}]
		self.assertEqual(compared(c + answer(called), called), [])

	def test_callers_in_c(self):
		theirs = text.Goroutine(5, "chan receive", frames=[
			text.Frame("runtime.cgocallback", "/go/src/a.s", 1, pc=1, sp=1, fp=9),
			text.Frame("main.f", "/src/main.go", 2, pc=2, sp=9, fp=17),
			text.Frame("runtime.goexit", "/go/src/a.s", 3, pc=3, sp=17, fp=25)])
		c = [{"function": "crosscall2", "kind": "go"}, {"function": "f", "kind": "c"}]
		shown = answer(theirs)
		self.assertEqual(compared(shown[:1] + c + shown[1:], theirs), [])
		self.assertTrue(compared(c + shown, theirs))
		self.assertTrue(compared(shown[:2] + c + shown[2:], theirs))
		self.assertTrue(compared(shown[:1] + c + shown[2:], theirs))
		# Called by a thread of C: there is no goexit.
		theirs.frames.pop(1)
		self.assertEqual(compared(shown[:1] + c, theirs), [])
		self.assertTrue(compared(shown[:1], theirs))

	def test_interrupted_up_to_120(self):
		frames = [text.Frame("runtime.asyncPreempt", "/go/src/a.s", 1, pc=1, sp=1, fp=9),
			  text.Frame("main.f", "/src/main.go", 2, pc=2, sp=9, fp=17)]
		theirs = text.Goroutine(5, "runnable", frames=frames)
		shown = answer(theirs)
		shown[1]["line"] = 3
		shown.insert(1, {**shown[1], "function": "main.inlined", "inlined": True})
		self.assertEqual(stack_compare.Stack(shown, theirs, "1.20").interrupted(shown, frames)[1].function,
				 "main.inlined")
		for release, differs in (("1.20", False), ("1.21", True)):
			stack = stack_compare.Stack(shown, theirs, release)
			stack.compare()
			self.assertEqual(bool(stack.wrong), differs)
		for key, value in (("function", "main.g"), ("pc", "0x9"), ("file", "/src/x.go")):
			wrong = copy.deepcopy(shown)
			wrong[2][key] = value
			stack = stack_compare.Stack(wrong, theirs, "1.20")
			stack.compare()
			self.assertTrue(stack.wrong)

	def test_in_a_system_call(self):
		called = self.all[2]
		shown = answer(called)
		shown[0].update(line=86, pc="0x4a1b46")
		inner = [{"function": "syscall.RawSyscall6", "kind": "go"}]
		self.assertEqual(compared(inner + shown, called), [])
		self.assertTrue(compared(shown, called))
		shown[0]["sp"] = "0x1"
		self.assertTrue(compared(inner + shown, called))

	def test_on_the_stack_of_the_thread(self):
		theirs = text.Goroutine(5, "running", m=1, frames=[
			text.Frame("runtime.systemstack_switch", "/go/src/a.s", 1, pc=1, sp=1, fp=9)])
		inner = [{"function": "runtime.mallocgc.func1", "kind": "go"}]
		shown = answer(theirs)
		shown[0].update(function="runtime.systemstack", line=5, pc="0x5")
		self.assertEqual(compared(inner + shown, theirs), [])
		self.assertTrue(compared(shown, theirs))
		shown[0]["function"] = "runtime.mcall"
		self.assertTrue(compared(inner + shown, theirs))

	def test_rows(self):
		theirs = self.all[4]
		row = {"state": "waiting", "wait_reason": "chan receive", "parent": 8,
		       "created_by": "vole.test/targets/x.(*T).Start.func1"}
		self.assertEqual(list(stack_compare.compare_row(row, theirs)), [])
		for key, value in (("wait_reason", "select"), ("state", "runnable"),
				   ("parent", 7), ("created_by", "main.main")):
			self.assertEqual(len(list(stack_compare.compare_row({**row, key: value}, theirs))), 1)

	def test_user_code(self):
		called = self.all[2]
		user = {"user_function": "main.(*list[...]).each", "user_file": "/src/list.go",
			"user_line": 9}
		self.assertEqual(list(stack_compare.compare_user(user, called)), [])
		self.assertEqual(len(list(stack_compare.compare_user({**user, "user_line": 8}, called))), 1)
		called.frames.pop(1)
		library = {"user_function": "syscall.Syscall",
			   "user_file": "/go/src/syscall/syscall_linux.go", "user_line": 73}
		self.assertEqual(list(stack_compare.compare_user(library, called)), [])


class Told(unittest.TestCase):
	frames = [{"function": f, "kind": "go", "file": file} for f, file in (
		("runtime.gopark", ""), ("runtime.chanrecv1", ""), ("main.f[go.shape.int]", ""),
		("runtime.gopanic", ""), ("main.(*T).M", "<autogenerated>"),
		("main.g.gowrap1", ""), ("runtime.Goexit", ""), ("runtime.goexit", ""))]

	def test_the_same(self):
		for told in (["main.f[...]", "panic", "runtime.Goexit"],
			     ["main.f[...]", "panic", "main.g.gowrap1", "runtime.Goexit"]):
			self.assertIsNone(stack_compare.compare_told(self.frames, told))

	def test_differences(self):
		for told in (["main.f[...]", "panic"], ["panic", "runtime.Goexit"],
			     ["main.f[...]", "panic", "runtime.Goexit", "main.h"], []):
			self.assertIsNotNone(stack_compare.compare_told(self.frames, told))


if __name__ == "__main__":
	unittest.main()
