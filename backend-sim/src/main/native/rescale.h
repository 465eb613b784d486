/* From sums to stored values, exactly: the general form, for every rounding and accumulator. */
#ifndef AUTONEURAL_SIM_RESCALE_H
#define AUTONEURAL_SIM_RESCALE_H

#include "kernels.h"

__extension__ typedef __int128 an_int128;

/* Where the constants of some channels lie. */
typedef struct {
    const an_near8 *near;
    const an_wide8 *wide;
} an_scale;

static inline int32_t an_padded(int32_t channels) {
    return (channels + 31) / 32 * 32;
}

/* What an_scale_fill filled for so many channels. */
static inline an_scale an_scale_of(const int64_t *filled, int32_t channels) {
    const an_near8 *near = (const an_near8 *)filled;
    return (an_scale){near, (const an_wide8 *)(near + an_padded(channels) / 8)};
}

/* The constants from channel o on, a multiple of 8. */
static inline an_scale an_scale_at(an_scale s, int o) {
    return (an_scale){s.near + o / 8, s.wide + o / 8};
}

static inline int32_t an_clamp(int64_t v, int32_t min, int32_t max) {
    return v < min ? min : v > max ? max : (int32_t)v;
}

/* (e * 2^bits + sum / 2) / sum for e of 0 to 2^30. */
static inline uint16_t an_quotient(int32_t e, int64_t sum, int bits) {
    return (uint16_t)((((uint64_t)e << bits) + ((uint64_t)sum >> 1)) / (uint64_t)sum);
}

/* (product * multiplier + 2^(n-1)) >> n of shifts n of at least 33, half 2^(n-33), more n - 32: what is below the high half rounds nothing. */
static inline int32_t an_high(int32_t product, int32_t multiplier, int32_t half, int32_t more) {
    return ((int32_t)((int64_t)product * multiplier >> 32) + half) >> more;
}

static inline int32_t an_bounded(int32_t v, int32_t min, int32_t max) {
    return v < min ? min : v > max ? max : v;
}

static inline int an_fits64(an_int128 v) {
    return v >= INT64_MIN && v <= INT64_MAX;
}

/* *out = round(x * multiplier * 2^-shift); 0 where org.autoneural.ir.math.Rescale would refuse. */
static inline int an_round(int64_t x, int32_t multiplier, int64_t shift, int32_t rounding, int64_t *out) {
    an_int128 product = (an_int128)x * multiplier;
    if (shift == 0) {
        *out = (int64_t)product;
        return an_fits64(product);
    }
    if (shift < 0 || shift > 62 || (rounding == AN_DOUBLE && (x != (int32_t)x || multiplier < 0))) {
        return 0;
    }
    an_int128 floor = product >> shift;
    int64_t rest = (int64_t)(product & (((an_int128)1 << shift) - 1));
    int64_t half = (int64_t)1 << (shift - 1);
    an_int128 result;
    switch (rounding) {
    case AN_SINGLE:
        result = floor + (rest >= half);
        break;
    case AN_DOUBLE: {
        int64_t second = shift <= 31 ? 0 : product >= 0 ? (int64_t)1 << 30 : -((int64_t)1 << 30);
        result = (product + half + second) >> shift;
        break;
    }
    case AN_HALF_EVEN:
        result = floor + (rest > half || (rest == half && (floor & 1) != 0));
        break;
    default:
        result = floor + (product < 0 && rest != 0);
        break;
    }
    *out = (int64_t)result;
    return an_fits64(floor) && an_fits64(result);
}

/* The stored value of an exact sum, bias included; 0 where there is none. */
static inline int an_store_value(const an_rescale *r, int64_t exact, int32_t multiplier, int64_t shift, int32_t *out) {
    int64_t acc = exact;
    if (r->accumulator == AN_I32_WRAP) {
        acc = (int32_t)exact;
    } else if (r->accumulator == AN_I32_SAT) {
        acc = an_clamp(exact, INT32_MIN, INT32_MAX);
    } else if (r->accumulator == AN_I48 && (exact < -((int64_t)1 << 47) || exact >= (int64_t)1 << 47)) {
        return 0;
    }
    int64_t rounded;
    if (!an_round(acc, multiplier, shift, r->rounding, &rounded)) {
        return 0;
    }
    *out = an_clamp((int64_t)((uint64_t)rounded + (uint64_t)(int64_t)r->zero_out), r->min, r->max);
    return 1;
}

/* Where lane i of 8 stands in the arrays of even and odd lanes. */
static inline int64_t an_shift_of(const an_wide8 *s, int lane) {
    return (int64_t)(lane & 1 ? s->shift_odd : s->shift_even)[lane >> 1];
}

#endif
