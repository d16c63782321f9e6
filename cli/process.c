#include "process.h"

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "target/procmaps.h"
#include "target/registers.h"

enum { PAGE = 4096, MAX_ROUNDS = 100 };

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

static size_t read_once(pid_t pid, uint64_t addr, char *buf, size_t len)
{
	struct iovec to = { buf, len };
	struct iovec from = { (void *)(uintptr_t)addr, len };
	ssize_t n = process_vm_readv(pid, &to, 1, &from, 1, 0);

	return n > 0 ? (size_t)n : 0;
}

/* The kernel may stop short of the first bad page: ask for what is left. */
static size_t host_read(struct vole_host *host, uint64_t addr, void *buf,
			size_t len)
{
	pid_t pid = ((struct process *)host)->pid;
	size_t done = 0, n, page;

	if (addr && len > UINT64_MAX - addr + 1)
		len = (size_t)(UINT64_MAX - addr + 1);
	while (done < len) {
		page = PAGE - (size_t)((addr + done) % PAGE);
		n = read_once(pid, addr + done, (char *)buf + done, len - done);
		if (!n && page < len - done)
			n = read_once(pid, addr + done, (char *)buf + done,
				      page);
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* It is stopped, so it does not change. */
static uint64_t host_generation(struct vole_host *host)
{
	return (uint64_t)((struct process *)host)->pid;
}

static void host_facts(struct vole_host *host, struct vole_facts *ret)
{
	struct process *process = (struct process *)host;
	FILE *file = open_proc(process->pid, "auxv");
	Elf64_auxv_t aux;

	memset(ret, 0, sizeof(*ret));
	ret->kind = VOLE_TARGET_LIVE;
	ret->pid = (uint32_t)process->pid;
	ret->exe = process->exe;
	while (file && fread(&aux, sizeof(aux), 1, file) == 1) {
		if (aux.a_type != AT_ENTRY)
			continue;
		ret->has_entry = true;
		ret->entry = aux.a_un.a_val;
	}
	if (file)
		fclose(file);
}

static void host_mappings(struct vole_host *host,
			  bool (*each)(void *arg, const struct vole_mapping *),
			  void *arg)
{
	vole_procmaps_each((uint32_t)((struct process *)host)->pid, each, arg);
}

static void host_threads(struct vole_host *host,
			 bool (*each)(void *arg, const struct vole_regs *),
			 void *arg)
{
	struct process *process = (struct process *)host;
	size_t i;

	for (i = 0; i < process->num_threads; i++)
		if (!each(arg, &process->threads[i].regs))
			break;
}

/* The thread is stopped for us. */
static bool host_registers(struct vole_host *host, uint32_t tid,
			   struct vole_registers *ret)
{
	struct user_fpregs_struct fxsave;
	struct user_regs_struct user;

	(void)host;
	if (ptrace(PTRACE_GETREGS, (pid_t)tid, NULL, &user) < 0)
		return false;
	vole_registers_of_user(ret, (const uint64_t *)&user);
	if (ptrace(PTRACE_GETFPREGS, (pid_t)tid, NULL, &fxsave) == 0)
		vole_registers_of_fxsave(ret, &fxsave);
	return true;
}

static bool known(const struct process *process, pid_t tid)
{
	size_t i;

	for (i = 0; i < process->num_threads; i++)
		if (process->threads[i].tid == tid)
			return true;
	return false;
}

static void read_regs(struct process_thread *thread)
{
	struct user_regs_struct regs;

	thread->regs.tid = (uint32_t)thread->tid;
	if (ptrace(PTRACE_GETREGS, thread->tid, NULL, &regs) < 0)
		return;
	thread->regs.pc = regs.rip;
	thread->regs.sp = regs.rsp;
	thread->regs.bp = regs.rbp;
	thread->regs.g = regs.r14;
	thread->regs.tls = regs.fs_base;
	thread->regs.have = VOLE_HAVE_PC | VOLE_HAVE_SP | VOLE_HAVE_BP |
			    VOLE_HAVE_G | VOLE_HAVE_TLS;
}

/*
 * Wait for the stop we asked for. A signal may come first: the thread stops
 * for it just as well, and gets it when we leave.
 */
static void wait_stopped(struct process_thread *thread)
{
	int status = 0;

	while (waitpid(thread->tid, &status, __WALL) < 0)
		if (errno != EINTR)
			return;
	if (!WIFSTOPPED(status))
		return;
	if (status >> 16 != PTRACE_EVENT_STOP)
		thread->signal = WSTOPSIG(status);
	read_regs(thread);
}

/** The process that traces @p pid already, or 0. */
static int tracer_of(pid_t pid)
{
	FILE *file = open_proc(pid, "status");
	char line[256];
	int ret = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "TracerPid: %d", &ret) == 1)
			break;
	if (file)
		fclose(file);
	return ret;
}

static bool refused(pid_t pid, struct vole_error *err)
{
	int why = errno, tracer = tracer_of(pid);

	if (why == ESRCH)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "no process %d", (int)pid);
	if (tracer)
		return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
				 "process %d is already traced by process %d",
				 (int)pid, tracer);
	return vole_fail(err, VOLE_UNREADABLE, VOLE_NOWHERE,
			 "cannot stop process %d: %s%s", (int)pid,
			 strerror(why),
			 why == EPERM ? " (it is another user's, or "
					"kernel.yama.ptrace_scope forbids it)" :
					"");
}

/*
 * Has a thread ended? One that is only waited for refuses to be traced as if
 * it were another user's.
 */
static bool has_ended(pid_t pid, pid_t tid)
{
	char name[32], line[256], *state;
	bool read = false;
	FILE *file;

	snprintf(name, sizeof(name), "task/%d/stat", (int)tid);
	file = open_proc(pid, name);
	if (file) {
		read = fgets(line, sizeof(line), file);
		fclose(file);
	}
	/* The name before it may hold anything. */
	state = read ? strrchr(line, ')') : NULL;
	return !state || strchr("ZX", state[2]);
}

/** Stop one thread; one that has just ended is no failure. */
static bool stop_thread(struct process *process, pid_t tid,
			struct vole_error *err)
{
	VOLE_ARRAY(struct process_thread)
	all = { process->threads, process->num_threads, process->room };
	struct process_thread *thread;

	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) < 0) {
		int why = errno;

		if ((why == ESRCH || why == EPERM) &&
		    has_ended(process->pid, tid))
			return true;
		errno = why;
		return refused(process->pid, err);
	}
	thread = vole_array_push(&all);
	process->threads = all.items;
	process->num_threads = all.len;
	process->room = all.room;
	if (!thread)
		return vole_fail_nomem(err);
	thread->tid = tid;
	if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0)
		wait_stopped(thread);
	return true;
}

static bool stop_listed(struct process *process, DIR *dir, bool *ret_more,
			struct vole_error *err)
{
	struct dirent *entry;
	pid_t tid;

	*ret_more = false;
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		tid = (pid_t)atoi(entry->d_name);
		if (known(process, tid))
			continue;
		if (!stop_thread(process, tid, err))
			return false;
		*ret_more |= known(process, tid);
	}
	return true;
}

/* Those not stopped yet may start new ones: until none is new. */
static bool stop_all(struct process *process, struct vole_error *err)
{
	char path[64];
	bool more = true, ok = true;
	int round;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)process->pid);
	dir = opendir(path);
	if (!dir) {
		errno = errno == ENOENT ? ESRCH : errno;
		return refused(process->pid, err);
	}
	for (round = 0; ok && more && round < MAX_ROUNDS; round++)
		ok = stop_listed(process, dir, &more, err);
	closedir(dir);
	if (ok && !process->num_threads)
		return vole_fail(err, VOLE_NOT_FOUND, VOLE_NOWHERE,
				 "process %d has ended", (int)process->pid);
	return ok;
}

/* Another file may be there by now: then only the kernel still has ours. */
static void find_exe(struct process *process)
{
	char link[64], path[PATH_MAX] = "";
	struct stat theirs, here;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)process->pid);
	if (readlink(link, path, sizeof(path) - 1) < 0 ||
	    stat(link, &theirs) < 0 || stat(path, &here) < 0 ||
	    theirs.st_dev != here.st_dev || theirs.st_ino != here.st_ino)
		snprintf(path, sizeof(path), "%s", link);
	memcpy(process->exe, path, sizeof(path));
}

bool process_open(struct process *process, pid_t pid, struct vole_error *err)
{
	*process = (struct process){
		.host = {
			.read = host_read,
			.generation = host_generation,
			.facts = host_facts,
			.mappings = host_mappings,
			.threads = host_threads,
			.registers = host_registers,
		},
		.pid = pid,
	};
	if (!stop_all(process, err)) {
		process_close(process);
		return false;
	}
	find_exe(process);
	return true;
}

void process_close(struct process *process)
{
	size_t i;

	for (i = 0; i < process->num_threads; i++)
		ptrace(PTRACE_DETACH, process->threads[i].tid, NULL,
		       (void *)(intptr_t)process->threads[i].signal);
	free(process->threads);
	process->threads = NULL;
	process->num_threads = process->room = 0;
}
