/* net, net/netip: addresses, with ports and as prefixes. */
#include "value/people_private.h"

#include <stdio.h>
#include <string.h>

#define INVALID "invalid IP"

enum { ROOM = 96, SIZE_WORD = 8, NUM_GROUPS = 8 };

/* Is the address's z that of the variable @p name? */
static bool is_z(const struct vole_people *p, uint64_t z, const char *name)
{
	struct vole_error ignored;
	uint64_t addr, word;

	return vole_runtime_var(p->rt, name, &addr, &ignored) &&
	       vole_memory_uint(p->rt->mem, addr, SIZE_WORD, &word, &ignored) &&
	       word == z;
}

/* RFC 5952: the longest run of zero groups, two at least, is "::". */
static void find_zeros(const uint16_t group[NUM_GROUPS], int *start, int *len)
{
	int i, n;

	*start = -1;
	*len = 1;
	for (i = 0; i < NUM_GROUPS; i += n + 1) {
		for (n = 0; i + n < NUM_GROUPS && !group[i + n]; n++)
			;
		if (n > *len) {
			*start = i;
			*len = n;
		}
	}
}

static void format_v6(char *text, uint64_t hi, uint64_t lo)
{
	uint16_t group[NUM_GROUPS];
	int start, len, i, used = 0;

	for (i = 0; i < NUM_GROUPS; i++)
		group[i] = (uint16_t)((i < 4 ? hi : lo) >> 16 * (3 - i % 4));
	if (!hi && lo >> 32 == 0xffff) {
		snprintf(text, ROOM, "::ffff:%u.%u.%u.%u",
			 (unsigned)(lo >> 24 & 255), (unsigned)(lo >> 16 & 255),
			 (unsigned)(lo >> 8 & 255), (unsigned)(lo & 255));
		return;
	}
	find_zeros(group, &start, &len);
	text[0] = '\0';
	for (i = 0; i < NUM_GROUPS; i++) {
		if (i == start) {
			used += snprintf(text + used, (size_t)(ROOM - used),
					 "::");
			i += len - 1;
			continue;
		}
		used += snprintf(text + used, (size_t)(ROOM - used), "%s%x",
				 i && i != start + (start < 0 ? 0 : len) ? ":" :
									   "",
				 group[i]);
	}
}

/* An address in @p prefix ("ip." or ""), as text. */
static bool format_addr(const struct vole_people *p, const char *prefix,
			char text[ROOM], bool *ret_v6)
{
	char path[32];
	uint64_t hi, lo, z;

	snprintf(path, sizeof(path), "%saddr.hi", prefix);
	if (!vole_people_int(p, path, &hi))
		return false;
	snprintf(path, sizeof(path), "%saddr.lo", prefix);
	if (!vole_people_int(p, path, &lo))
		return false;
	/* A handle of package unique since Go 1.23. */
	snprintf(path, sizeof(path), "%sz.value", prefix);
	if (!vole_people_int(p, path, &z)) {
		snprintf(path, sizeof(path), "%sz", prefix);
		if (!vole_people_int(p, path, &z))
			return false;
	}
	*ret_v6 = z && !is_z(p, z, "net/netip.z4");
	if (!z) {
		snprintf(text, ROOM, INVALID);
		return true;
	}
	if (!*ret_v6) {
		snprintf(text, ROOM, "%u.%u.%u.%u", (unsigned)(lo >> 24 & 255),
			 (unsigned)(lo >> 16 & 255), (unsigned)(lo >> 8 & 255),
			 (unsigned)(lo & 255));
		return true;
	}
	/* With a zone there is more than bytes tell. */
	if (!is_z(p, z, "net/netip.z6noz"))
		return false;
	format_v6(text, hi, lo);
	return true;
}

const char *vole_people_addr(const struct vole_people *p)
{
	char text[ROOM];
	bool v6;

	return format_addr(p, "", text, &v6) ?
		       vole_arena_string(p->arena, text) :
		       NULL;
}

const char *vole_people_addr_port(const struct vole_people *p)
{
	char text[ROOM];
	uint64_t port;
	bool v6;

	if (!format_addr(p, "ip.", text, &v6) ||
	    !vole_people_int(p, "port", &port))
		return NULL;
	if (!strcmp(text, INVALID))
		return "invalid AddrPort";
	return vole_arena_printf(p->arena, v6 ? "[%s]:%u" : "%s:%u", text,
				 (unsigned)(port & 0xffff));
}

const char *vole_people_prefix(const struct vole_people *p)
{
	char text[ROOM];
	uint64_t bits;
	bool v6;

	if (!format_addr(p, "ip.", text, &v6))
		return NULL;
	/* To Go 1.20 the number itself, with -1 for none. */
	if (vole_people_int(p, "bitsPlusOne", &bits))
		bits--;
	else if (!vole_people_int(p, "bits", &bits))
		return NULL;
	if ((int64_t)bits < 0 || !strcmp(text, INVALID))
		return "invalid Prefix";
	return vole_arena_printf(p->arena, "%s/%u", text, (unsigned)bits);
}

/* net.IP: 4 bytes or 16, where an IPv4 address has a prefix of its own. */
static bool format_ip(const struct vole_people *p, char text[ROOM],
		      bool *ret_v6)
{
	uint8_t bytes[16] = { [10] = 0xff, [11] = 0xff };
	uint64_t data, len, hi, lo;
	struct vole_error ignored;
	struct vole_value ip;

	*ret_v6 = false;
	text[0] = '\0';
	if (!vole_people_part(p, "IP", &ip) ||
	    ip.type->kind != VOLE_KIND_SLICE ||
	    !vole_value_word(p->rt, &ip, 0, &data, &ignored) ||
	    !vole_value_word(p->rt, &ip, SIZE_WORD, &len, &ignored))
		return false;
	if (!len)
		return true;
	if ((len != 4 && len != sizeof(bytes)) ||
	    !vole_memory_read_all(p->rt->mem, data, bytes + sizeof(bytes) - len,
				  len, &ignored))
		return false;
	memcpy(&hi, bytes, sizeof(hi));
	memcpy(&lo, bytes + sizeof(hi), sizeof(lo));
	hi = __builtin_bswap64(hi);
	lo = __builtin_bswap64(lo);
	*ret_v6 = hi || lo >> 32 != 0xffff;
	if (*ret_v6)
		format_v6(text, hi, lo);
	else
		snprintf(text, ROOM, "%u.%u.%u.%u", bytes[12], bytes[13],
			 bytes[14], bytes[15]);
	return true;
}

const char *vole_people_ip_port(const struct vole_people *p)
{
	struct vole_strbuf zone = { 0 };
	struct vole_value part;
	const char *ret = NULL;
	char text[ROOM];
	uint64_t port;
	bool v6;

	if (vole_people_part(p, "Zone", &part) &&
	    vole_people_string(p, &part, ROOM, &zone) &&
	    vole_people_int(p, "Port", &port) && format_ip(p, text, &v6)) {
		/* JoinHostPort() looks for a colon. */
		v6 = v6 || strchr(vole_strbuf_text(&zone), ':');
		ret = vole_arena_printf(p->arena, "%s%s%s%s%s:%" PRId64,
					v6 ? "[" : "", text,
					zone.len ? "%" : "",
					vole_strbuf_text(&zone), v6 ? "]" : "",
					(int64_t)port);
	}
	vole_strbuf_free(&zone);
	return ret;
}
