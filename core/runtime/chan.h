/**
 * Channels: runtime.hchan and its ring of elements.
 */
#ifndef VOLE_RUNTIME_CHAN_H
#define VOLE_RUNTIME_CHAN_H

#include "runtime/runtime.h"

struct vole_chan {
	uint64_t addr; /* of the hchan; 0: nil channel */
	uint64_t len; /* qcount */
	uint64_t cap; /* dataqsiz */
	uint64_t buf;
	uint64_t elem_size;
	uint64_t recvx; /* where in buf the next element is */
	uint64_t receivers, senders; /* first sudogs that wait, or 0 */
	uint64_t timer; /* it is the C of (Go 1.23), or 0 */
	bool closed;
};

/**
 * Open the channel at @p addr (0: nil). VOLE_CORRUPT names the absurd field.
 * @p type, the channel's, may be NULL when it is not known.
 */
VOLE_CHECKED bool vole_chan_open(const struct vole_runtime *rt,
				 const struct vole_type *type, uint64_t addr,
				 struct vole_chan *ret, struct vole_error *err);
/**
 * Address of the element that is received @p index-th from now, from 0.
 * VOLE_USAGE past the last.
 */
VOLE_CHECKED bool vole_chan_elem(const struct vole_chan *chan, uint64_t index,
				 uint64_t *ret, struct vole_error *err);

#endif
