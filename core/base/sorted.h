/**
 * Search in what is sorted by a number: the item before the one that the count
 * leads to is the last that begins at or before an address.
 */
#ifndef VOLE_BASE_SORTED_H
#define VOLE_BASE_SORTED_H

#include <stddef.h>
#include <stdint.h>

/**
 * How many of @p num items have @p value or less in their @p member, by which
 * they are sorted; of unsorted ones any count up to @p num.
 */
#define vole_sorted_up_to(items, num, member, value)                \
	({                                                          \
		const uint64_t value_ = (value);                    \
		size_t low_ = 0, high_ = (num);                     \
                                                                    \
		while (low_ < high_) {                              \
			size_t middle_ = low_ + (high_ - low_) / 2; \
                                                                    \
			if ((items)[middle_].member <= value_)      \
				low_ = middle_ + 1;                 \
			else                                        \
				high_ = middle_;                    \
		}                                                   \
		low_;                                               \
	})

#endif
