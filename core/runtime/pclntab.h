/**
 * Functions by the runtime's own table: names, files and lines for every pc,
 * also in stripped programs. Names are what runtime.FuncForPC gives. Every
 * offset is checked against its table. internal/abi, runtime/symtab.go.
 */
#ifndef VOLE_RUNTIME_PCLNTAB_H
#define VOLE_RUNTIME_PCLNTAB_H

#include "base/error.h"

struct vole_runtime;
struct vole_pclntab;

/** A physical function. Strings live as long as the runtime. */
struct vole_func {
	uint64_t entry;
	uint64_t end;
	uint64_t func; /* address of the _func */
	const char *name;
	uint8_t func_id;
	uint8_t flag; /* abi.FuncFlag */
	int32_t args; /* bytes; INT32_MIN unknown */
	int32_t start_line; /* 0: not recorded (before Go 1.20) */
	uint32_t deferreturn;
	uint32_t pcsp, pcfile, pcln; /* offsets in pctab */
	uint32_t cu_offset;
	uint32_t num_pcdata;
	uint8_t num_funcdata;
};

VOLE_CHECKED bool vole_pclntab_open(struct vole_runtime *rt,
				    struct vole_pclntab **ret,
				    struct vole_error *err);
/** NULL is fine. */
void vole_pclntab_close(struct vole_pclntab *tab);

/** Number of functions, all modules. */
size_t vole_func_count(const struct vole_runtime *rt);
/** Function number @p index, in address order. */
VOLE_CHECKED bool vole_func_get(const struct vole_runtime *rt, size_t index,
				struct vole_func *ret, struct vole_error *err);
/** The function around @p pc. VOLE_NOT_FOUND when it is no Go code. */
VOLE_CHECKED bool vole_func_at(const struct vole_runtime *rt, uint64_t pc,
			       struct vole_func *ret, struct vole_error *err);
/** The function of that full name (a scan of the name table). VOLE_NOT_FOUND. */
VOLE_CHECKED bool vole_func_find(const struct vole_runtime *rt,
				 const char *name, struct vole_func *ret,
				 struct vole_error *err);
/** File and line of @p pc in @p func; the file string lives as long as rt. */
VOLE_CHECKED bool vole_func_line(const struct vole_runtime *rt,
				 const struct vole_func *func, uint64_t pc,
				 const char **ret_file, int32_t *ret_line,
				 struct vole_error *err);
/**
 * The value of a pc-value table (func->pcsp, pcfile, pcln or a pcdata offset)
 * at @p pc; -1 where there is none. VOLE_CORRUPT.
 */
VOLE_CHECKED bool vole_func_pcvalue(const struct vole_runtime *rt,
				    const struct vole_func *func,
				    uint32_t table, uint64_t pc, int32_t *ret,
				    struct vole_error *err);
/** Table number @p index of func's pcdata, for vole_func_pcvalue(); 0 none. */
uint32_t vole_func_pcdata(const struct vole_runtime *rt,
			  const struct vole_func *func, uint32_t index);
/** Address of func's funcdata number @p index; 0 none. */
uint64_t vole_func_funcdata(const struct vole_runtime *rt,
			    const struct vole_func *func, uint32_t index);

#endif
