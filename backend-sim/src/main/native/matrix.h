/*
 * Products with constant weights, the code around the inner loops; a level's file defines those before it includes this one:
 *
 *   MR, NR          rows and columns of micro(); NR is 16 or 32
 *   prepare4, dot4  one row against a tile of 4-bit weights as it lies; the sum is that of (w + 8) * a, modulo 2^32
 *   prepare8, dot8  the same for 8-bit weights
 *   unpack4/8       NR channels of groups of a tile to a panel of s16 pairs, [pairs][NR][2]; w: where the first of them begins
 *   micro           mr rows times NR columns of a panel
 *   fast16          16 sums to 16 values of 16 bits, for sums that fit 32 bits, or are to wrap there, where an_rescale.fast allows
 *
 * What is summed modulo 2^32 is exact whenever the true sum fits. Where the types alone do not promise that, the rows at hand mostly do:
 * no sum is beyond the greatest weight times a row's magnitudes, which are added up once a block. Else the depth is cut into blocks
 * that fit, and those are added in 64 bits.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "rescale.h"

/* Depth that is multiplied before the next panel is unpacked: a panel of 16 columns then takes half of a first-level cache of 32 KiB. */
#define BLOCK_DEPTH 512
#define TILE 32
#define ALIGN 64
/* Rows below this number are multiplied one by one with the weights as they lie. */
#define FEW_ROWS 4

/* Bytes of panels of a whole tile that may take turns in a first-level cache of 32 KiB. */
#define NEAR_BYTES 16384

static inline int least(int a, int b) {
    return a < b ? a : b;
}

static inline int64_t align64(int64_t n) {
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static inline int taps_of(const an_matrix *m) {
    return m->kernel_h * m->kernel_w;
}

static inline int padded_depth(const an_matrix *m) {
    return (m->depth + 31) / 32 * 32;
}

/* Rows are read where they lie; else they are first copied, as s16 without zero point, padded to whole groups. */
static inline int is_direct(const an_matrix *m) {
    return m->x_bytes == 2 && m->zero_in == 0 && (taps_of(m) == 1 ? m->depth % 2 == 0 : m->part % 8 == 0);
}

static inline int is_few(const an_matrix *m) {
    return m->rows < FEW_ROWS;
}

/* What stands in a thread's working room. */
typedef struct {
    int16_t *row;                   /* few: one row, s16 */
    uint8_t *prepared;              /* few: that row in the order of dot4, dot8 */
    int16_t *packed;                /* [block_rows][padded_depth], unless is_direct */
    const int16_t **pointers;       /* [taps][block_rows], where each row's taps begin */
    int16_t *zeros;                 /* [part]: a tap on padding */
    int16_t *panel;                 /* [BLOCK_DEPTH / 2][NR][2], or all panels of a tile that stay near together */
    int32_t *sums;                  /* [TILE / NR][block_rows][NR] */
    int64_t *wide;                  /* as sums, when a block's sums do not add up in 32 bits */
    int64_t size;
} room;

static room room_of(const an_matrix *m, uint8_t *base) {
    room r;
    int64_t at = 0;
    memset(&r, 0, sizeof r);
#define TAKE(field, type, bytes) do { r.field = (type)(void *)(base + at); at += align64(bytes); } while (0)
    int64_t depth = padded_depth(m);
    if (is_few(m)) {
        TAKE(row, int16_t *, depth * 2);
        TAKE(prepared, uint8_t *, depth * 2);
    } else {
        int64_t rows = m->block_rows;
        int64_t taps = is_direct(m) ? taps_of(m) : 1;
        TAKE(packed, int16_t *, is_direct(m) ? 0 : rows * depth * 2);
        TAKE(pointers, const int16_t **, taps * rows * (int64_t)sizeof(int16_t *));
        TAKE(zeros, int16_t *, (int64_t)m->part * 2);
        TAKE(panel, int16_t *, (int64_t)BLOCK_DEPTH * TILE * 2);
        TAKE(sums, int32_t *, rows * TILE * 4);
        TAKE(wide, int64_t *, m->safe_depth < m->depth ? rows * TILE * 8 : 0);
    }
#undef TAKE
    r.size = at;
    return r;
}

/* a[0..padded_depth) = row `row` of the operand, taps on padding and what lies beyond the depth zero. */
static void gather_row(const an_matrix *m, const an_arrays *d, int row, int16_t *a) {
    int image = m->out_height * m->out_width;
    int batch = row / image, i = row / m->out_width % m->out_height, j = row % m->out_width;
    int16_t *to = a;
    for (int u = 0; u < m->kernel_h; u++) {
        int r = i * m->stride_h + u * m->dilation_h - m->pad_top;
        for (int v = 0; v < m->kernel_w; v++, to += m->part) {
            int c = j * m->stride_w + v * m->dilation_w - m->pad_left;
            if (r < 0 || r >= m->height || c < 0 || c >= m->width) {
                memset(to, 0, (size_t)m->part * 2);
                continue;
            }
            ptrdiff_t at = m->x_at + (((ptrdiff_t)batch * m->height + r) * m->width + c) * m->part;
            if (m->x_bytes == 2) {
                memcpy(to, d->x16 + at, (size_t)m->part * 2);
            } else {
                for (int k = 0; k < m->part; k++) {
                    to[k] = (int16_t)(d->x8[at + k] - m->zero_in);
                }
            }
        }
    }
    memset(a + m->depth, 0, (size_t)(padded_depth(m) - m->depth) * 2);
}

/* Sets `count` values of the result. */
static void fill(const an_arrays *d, int y_bytes, ptrdiff_t at, int count, int value) {
    if (y_bytes == 1) {
        memset(d->y8 + at, value, (size_t)count);
        return;
    }
    for (int i = 0; i < count; i++) {
        d->y16[at + i] = (int16_t)value;
    }
}

/* Sum of the magnitudes of n values. */
static int64_t magnitude(const int16_t *a, int n) {
    int64_t sum = 0;
    while (n > 0) {
        int count = n < 32768 ? n : 32768;
        uint32_t part = 0;
        for (int k = 0; k < count; k++) {
            part += (uint32_t)(a[k] < 0 ? -a[k] : a[k]);
        }
        sum += part;
        a += count;
        n -= count;
    }
    return sum;
}

/* Whether every sum of a row of such a magnitude fits 32 bits, with its bias; weight: greatest magnitude of a weight. */
static inline int is_narrow(const an_rescale *r, int64_t magnitude, int weight) {
    return r->bias_bound < INT32_MAX && magnitude <= (INT32_MAX - r->bias_bound) / weight;
}

/* Whether 16 sums with their biases fit 32 bits; low: the sums modulo 2^32. */
static int fit32(const int64_t *sums, an_scale scale, int32_t *low) {
    uint64_t all = 0;
    for (int j = 0; j < 16; j++) {
        uint64_t exact = (uint64_t)sums[j] + (uint64_t)scale.wide[j / 8].bias[j % 8];
        all |= exact + 0x80000000u;
        low[j] = (int32_t)(uint32_t)(uint64_t)sums[j];
    }
    return all >> 32 == 0;
}

/* 16 values of 32-bit sums, of which n are wanted. */
static void store16(const an_rescale *r, an_scale scale, const int32_t *sums, int n, const an_arrays *d, ptrdiff_t at) {
    int16_t values[16];
    int16_t *to = r->y_bytes == 2 && n == 16 ? d->y16 + at : values;
    fast16(sums, scale, r, to);
    if (r->y_bytes == 1 && n == 16) {
        for (int i = 0; i < 16; i++) {
            d->y8[at + i] = (int8_t)values[i];
        }
    } else if (r->y_bytes == 1) {
        for (int i = 0; i < n; i++) {
            d->y8[at + i] = (int8_t)values[i];
        }
    } else if (n < 16) {
        memcpy(d->y16 + at, values, (size_t)n * 2);
    }
}

/*
 * Values of channels o.. from sums, a multiple of 16 of them, of which count are wanted; o is a multiple of 16. Sums that fit 32 bits, as
 * nearly all do, take the short way whatever the accumulator. Returns 0, or 1 + the channel that has no value.
 */
static int store_wide(const an_rescale *r, an_scale scale, const int64_t *sums, int o, int count, const an_arrays *d,
                      ptrdiff_t at, int64_t *failed) {
    for (int j = 0; j < count; j += 16) {
        an_scale s = an_scale_at(scale, o + j);
        int n = count - j < 16 ? count - j : 16;
        int32_t low[16];
        if (r->fast && fit32(sums + j, s, low)) {
            store16(r, s, low, n, d, at + j);
            continue;
        }
        for (int i = 0; i < n; i++) {
            int64_t exact = (int64_t)((uint64_t)sums[j + i] + (uint64_t)s.wide[i / 8].bias[i % 8]);
            int32_t value;
            if (!an_store_value(r, exact, s.near[i / 8].multiplier[i % 8], an_shift_of(s.wide + i / 8, i % 8), &value)) {
                *failed = exact;
                return 1 + o + j + i;
            }
            if (r->y_bytes == 1) {
                d->y8[at + j + i] = (int8_t)value;
            } else {
                d->y16[at + j + i] = (int16_t)value;
            }
        }
    }
    return 0;
}

/* The same from 32-bit sums; narrow: with their biases they fit 32 bits. */
static int store(const an_rescale *r, an_scale scale, const int32_t *sums, int narrow, int o, int count, const an_arrays *d,
                 ptrdiff_t at, int64_t *failed) {
    if (r->fast && (narrow || r->accumulator == AN_I32_WRAP)) {
        for (int j = 0; j < count; j += 16) {
            store16(r, an_scale_at(scale, o + j), sums + j, count - j < 16 ? count - j : 16, d, at + j);
        }
        return 0;
    }
    int64_t wide[TILE];
    for (int j = 0; j < (count + 15) / 16 * 16; j++) {
        wide[j] = sums[j];
    }
    return store_wide(r, scale, wide, o, count, d, at, failed);
}

/* Greatest magnitude of a weight. */
static inline int weight_bound(const an_matrix *m) {
    return m->weight_bits == 4 ? 8 : 128;
}

static inline int group_of(const an_matrix *m) {
    return m->weight_bits == 4 ? 8 : 4;
}

/* Stored bytes of a tile: 128 a group. */
static inline int64_t tile_bytes(const an_matrix *m) {
    int group = group_of(m);
    return (int64_t)((m->depth + group - 1) / group) * 128;
}

/* Modulo 2^32. */
static uint32_t sum_of(const int16_t *a, int from, int to) {
    uint32_t sum = 0;
    for (int k = from; k < to; k++) {
        sum += (uint32_t)a[k];
    }
    return sum;
}

/* Rows of the result are far apart: their lines come while the products are formed. */
static inline void prefetch_result(const an_rescale *r, const an_arrays *d, ptrdiff_t at) {
    __builtin_prefetch(r->y_bytes == 1 ? (const void *)(d->y8 + at) : (const void *)(d->y16 + at), 1);
}

static int run_few(const an_matrix *m, const uint8_t *weights, an_scale scale, const an_arrays *d, const room *r,
                   int64_t *failed, int from, int to) {
    int four = m->weight_bits == 4;
    int group = group_of(m);
    int groups = (m->depth + group - 1) / group;
    for (int row = 0; row < m->rows; row++) {
        gather_row(m, d, row, r->row);
        int narrow = is_narrow((const an_rescale *)m, magnitude(r->row, m->depth), weight_bound(m));
        /* Blocks are whole steps of the inner loops, 32 deep. */
        int block = m->safe_depth < m->depth && !narrow ? m->safe_depth / 32 * 32 / group : groups;
        uint32_t total = sum_of(r->row, 0, groups * group);
        if (four) {
            prepare4(r->row, groups, r->prepared);
        } else {
            prepare8(r->row, groups, r->prepared);
        }
        for (int tile = from; tile < to; tile++) {
            const uint8_t *w = weights + tile * tile_bytes(m);
            int o = tile * TILE;
            int count = m->channels - o < TILE ? m->channels - o : TILE;
            ptrdiff_t at = m->y_at + (ptrdiff_t)row * m->channels + o;
            /* Of these one tile's lie far from the next one's for a processor that fetches ahead: they come while the products are formed. */
            const char *near = (const char *)an_scale_at(scale, o).near;
            for (int line = 0; line < TILE / 8 * (int)sizeof(an_near8); line += 64) {
                __builtin_prefetch(near + line);
            }
            prefetch_result((const an_rescale *)m, d, at);
            int32_t sums[TILE] __attribute__((aligned(ALIGN)));
            int64_t wide[TILE];
            memset(wide, 0, sizeof wide);
            for (int g = 0; g < groups; g += block) {
                int n = groups - g < block ? groups - g : block;
                /* A group of the prepared row takes 16 bytes for 8 k, 8 for 4. */
                if (four) {
                    dot4(w + (ptrdiff_t)g * 128, r->prepared + (ptrdiff_t)g * 16, n, sums);
                    uint32_t biased = 8 * (n == groups ? total : sum_of(r->row, g * 8, (g + n) * 8));
                    for (int j = 0; j < TILE; j++) {
                        sums[j] = (int32_t)((uint32_t)sums[j] - biased);
                    }
                } else {
                    dot8(w + (ptrdiff_t)g * 128, r->prepared + (ptrdiff_t)g * 8, n, sums);
                }
                for (int j = 0; j < TILE; j++) {
                    wide[j] += sums[j];
                }
            }
            int bad = block == groups ? store((const an_rescale *)m, scale, sums, narrow, o, count, d, at, failed)
                                      : store_wide((const an_rescale *)m, scale, wide, o, count, d, at, failed);
            if (bad) {
                return bad;
            }
        }
    }
    return 0;
}

/* Where the rows of a block and their taps lie. */
static void find_rows(const an_matrix *m, const an_arrays *d, const room *r, int first, int count) {
    if (!is_direct(m)) {
        for (int i = 0; i < count; i++) {
            r->pointers[i] = r->packed + (ptrdiff_t)i * padded_depth(m);
            gather_row(m, d, first + i, r->packed + (ptrdiff_t)i * padded_depth(m));
        }
        return;
    }
    memset(r->zeros, 0, (size_t)m->part * 2);
    int image = m->out_height * m->out_width;
    for (int n = 0; n < count; n++) {
        int row = first + n;
        int batch = row / image, i = row / m->out_width % m->out_height, j = row % m->out_width;
        const int16_t **p = r->pointers + n;
        for (int u = 0; u < m->kernel_h; u++) {
            int y = i * m->stride_h + u * m->dilation_h - m->pad_top;
            for (int v = 0; v < m->kernel_w; v++, p += m->block_rows) {
                int x = j * m->stride_w + v * m->dilation_w - m->pad_left;
                int inside = y >= 0 && y < m->height && x >= 0 && x < m->width;
                *p = inside ? d->x16 + m->x_at + (((ptrdiff_t)batch * m->height + y) * m->width + x) * m->part : r->zeros;
            }
        }
    }
}

/* Whether all sums of the rows that find_rows has found fit 32 bits, with their biases. */
static int are_narrow(const an_matrix *m, const room *r, int rows) {
    int taps = is_direct(m) ? taps_of(m) : 1;
    for (int i = 0; i < rows; i++) {
        int64_t sum = 0;
        for (int t = 0; t < taps; t++) {
            sum += magnitude(r->pointers[(ptrdiff_t)t * m->block_rows + i], m->depth / taps);
        }
        if (!is_narrow((const an_rescale *)m, sum, weight_bound(m))) {
            return 0;
        }
    }
    return 1;
}

/*
 * The parts of a block times a tile, MR rows by NR columns, in the order in which they are done: one panel after the other with all
 * rows, or, where both panels stay near, MR rows with all panels, so that whole lines of the result are written.
 */
typedef struct {
    int panels, groups, count, near;
} part_order;

static inline part_order part_order_of(int rows, int width, int pairs) {
    int panels = (width + NR - 1) / NR, groups = (rows + MR - 1) / MR;
    return (part_order){panels, groups, panels * groups, pairs * TILE * 4 <= NEAR_BYTES};
}

static inline int part_column(const part_order *o, int part) {
    return o->near ? part % o->panels : part / o->groups;
}

static inline int part_row(const part_order *o, int part) {
    return (o->near ? part / o->panels : part % o->groups) * MR;
}

/* Where panel h lies: all take turns in one place, so that what is unpacked stays in the first cache, unless all of them do. */
static inline int part_panel(const part_order *o, int h, int pairs) {
    return o->near ? h * pairs * NR * 2 : 0;
}

/* One tile of channels for a block of rows that find_rows has found; narrow: what are_narrow says of them. */
static int run_tile(const an_matrix *m, const uint8_t *w, an_scale scale, const an_arrays *d, const room *r,
                    int64_t *failed, int narrow, int first, int rows, int o) {
    int group = group_of(m);
    int direct = is_direct(m);
    int taps = direct ? taps_of(m) : 1;
    int part = direct ? m->part : (m->depth + group - 1) / group * group;
    int spills = m->safe_depth < m->depth && !narrow;
    int most = (spills && m->safe_depth < BLOCK_DEPTH ? m->safe_depth : BLOCK_DEPTH) / 8 * 8;
    int width = m->channels - o < TILE ? m->channels - o : TILE;
    if (spills) {
        memset(r->wide, 0, (size_t)rows * TILE * 8);
    }
    for (int tap = 0, c = 0; tap < taps;) {
        /* A block is some whole taps, or a piece of one. */
        int segments = part > most ? 1 : most / part < taps - tap ? most / part : taps - tap;
        int length = part > most ? (part - c < most ? part - c : most) : part;
        int depth = segments * length;
        int last = tap + segments == taps && c + length == part;
        int start = tap * part + c;
        int pairs = (depth + group - 1) / group * group / 2;
        const uint8_t *groups = w + (ptrdiff_t)(start / group) * 128;
        part_order order = part_order_of(rows, width, pairs);
        int bytes = pairs * 2 / group * 128;
        for (int p = 0; p < order.count; p++) {
            int h = part_column(&order, p), i = part_row(&order, p);
            /* The weights of the next panel, which lie behind, come while these are multiplied: unpacking alone would wait for them. */
            for (int at = bytes * p / order.count; at < bytes * (p + 1) / order.count; at += 64) {
                __builtin_prefetch(groups + bytes + at);
            }
            int16_t *panel = r->panel + part_panel(&order, h, pairs);
            if (i == 0 && group == 8) {
                unpack4(groups + h * NR * 4, pairs / 4, panel);
            } else if (i == 0) {
                unpack8(groups + h * NR * 4, pairs / 2, panel);
            }
            int mr = least(MR, rows - i);
            const int16_t *pointers[BLOCK_DEPTH / 8 * MR];
            for (int s = 0; s < segments; s++) {
                for (int j = 0; j < mr; j++) {
                    pointers[s * MR + j] = r->pointers[(ptrdiff_t)(tap + s) * m->block_rows + i + j] + c;
                }
            }
            ptrdiff_t result = m->y_at + (ptrdiff_t)(first + i) * m->channels + o + h * NR;
            for (int j = 0; last && j < mr; j++) {
                prefetch_result((const an_rescale *)m, d, result + (ptrdiff_t)j * m->channels);
            }
            int32_t *sums = r->sums + ((ptrdiff_t)h * rows + i) * NR;
            micro(mr, pointers, segments, length / 2, panel, sums, start > 0 && !spills);
            int64_t *wide = r->wide + ((ptrdiff_t)h * rows + i) * NR;
            for (int j = 0; spills && j < mr * NR; j++) {
                wide[j] += sums[j];
            }
            int n = least(NR, width - h * NR);
            for (int j = 0; last && j < mr; j++) {
                ptrdiff_t at = result + (ptrdiff_t)j * m->channels;
                int bad = spills ? store_wide((const an_rescale *)m, scale, wide + j * NR, o + h * NR, n, d, at, failed)
                                 : store((const an_rescale *)m, scale, sums + j * NR, narrow, o + h * NR, n, d, at, failed);
                if (bad) {
                    return bad;
                }
            }
        }
        if (part > most && !last && c + length < part) {
            c += length;
        } else {
            c = 0;
            tap += segments;
        }
    }
    return 0;
}

static int run_many(const an_matrix *m, const uint8_t *weights, an_scale scale, const an_arrays *d, const room *r,
                    int64_t *failed, int from, int to) {
    int tiles = (m->channels + TILE - 1) / TILE;
    int found = -1, first = 0, rows = 0, narrow = 0;
    for (int unit = from; unit < to; unit++) {
        int block = unit / tiles, tile = unit % tiles;
        if (block != found) {
            first = block * m->block_rows;
            rows = m->rows - first < m->block_rows ? m->rows - first : m->block_rows;
            find_rows(m, d, r, first, rows);
            narrow = m->accumulator != AN_I32_WRAP && are_narrow(m, r, rows);
            found = block;
        }
        int bad = run_tile(m, weights + tile * tile_bytes(m), scale, d, r, failed, narrow, first, rows, tile * TILE);
        if (bad) {
            return bad;
        }
    }
    return 0;
}

/* The same at every level: NR does not enter the sizes. */
static int64_t matrix_scratch(const an_matrix *m) {
    return room_of(m, (uint8_t *)ALIGN).size + ALIGN;
}

static int32_t matrix_units(const an_matrix *m) {
    int tiles = (m->channels + TILE - 1) / TILE;
    return is_few(m) ? tiles : tiles * ((m->rows + m->block_rows - 1) / m->block_rows);
}

static int32_t matrix_run(const an_matrix *m, const uint8_t *weights, const int64_t *scale, const an_arrays *d,
                          uint8_t *scratch, int64_t *failed, int32_t from, int32_t to) {
    room r = room_of(m, scratch + (-(uintptr_t)scratch & (ALIGN - 1)));
    an_scale s = an_scale_of(scale, m->channels);
    return is_few(m) ? run_few(m, weights, s, d, &r, failed, from, to)
                     : run_many(m, weights, s, d, &r, failed, from, to);
}
