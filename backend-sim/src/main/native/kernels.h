/*
 * Integer kernels of the simulator, one library for all processors. A level (portable C, AVX2, AVX-512 with VNNI) is a number that
 * every call takes; nothing is kept between calls. All levels give the same bits.
 *
 * Weights lie in the layout "tile32": 32 output channels a tile; in a tile, for every 4 (s8) or 8 (s4) neighbouring k, one 4-byte
 * word a channel. s8: byte j is k + j. s4: byte j has k + j in its low and k + 4 + j in its high half, each as w + 8.
 */
#ifndef AUTONEURAL_SIM_KERNELS_H
#define AUTONEURAL_SIM_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { AN_PORTABLE = 0, AN_AVX2 = 1, AN_AVX512 = 2, AN_LEVELS = 3 };

/* Accumulators and roundings, numbered as the enums of org.autoneural.ir.math. */
enum { AN_I32_WRAP = 0, AN_I32_SAT = 1, AN_I48 = 2, AN_I64 = 3 };
enum { AN_SINGLE = 0, AN_DOUBLE = 1, AN_HALF_EVEN = 2, AN_TOWARD_ZERO = 3 };

/* The greatest level that this processor and its operating system can run; every lower one runs, too. */
int32_t an_greatest_level(void);

/* Changes whenever the meaning of a call or of a field list changes: a library of another version is not used. */
int32_t an_version(void);

/*
 * Constants of 8 output channels: y = zero + ((sum + bias) * multiplier + round >> shift). Those that nearly every sum needs lie together for
 * all channels, before the others: one row against a matrix reads them once a row, from memory.
 */
typedef struct {
    int32_t low_bias[8];     /* bias modulo 2^32 */
    int32_t multiplier[8];
    int32_t high_shift[8];   /* shift - 32, for the high halves of the products where every shift is at least 33 */
} an_near8;

/* Products of 32-bit lanes come as even and odd lanes, hence the order of some of these. */
typedef struct {
    int64_t bias[8];
    uint64_t offset_even[4]; /* 2^(shift-1) + 2^63: with it the arithmetic shift can be a logical one */
    uint64_t offset_odd[4];
    uint64_t shift_even[4];
    uint64_t shift_odd[4];
    int32_t back[8];         /* 2^(63-shift), what the 2^63 above has become, modulo 2^32 */
} an_wide8;

/* Number of s64 that the constants of so many channels take. */
int32_t an_scale_size(int32_t channels);

/* Fills constants; 0 at padding. Returns 2 if every multiplier is at least 0 and every shift in 33..62, 1 if in 31..62, else 0. */
int32_t an_scale_fill(const int64_t *bias, const int32_t *multiplier, const int32_t *shift, int32_t channels, int64_t *scale);

/* How sums become stored values, and where: y_bytes is 1 for s8, in y8, or 2 for s16, in y16; y_at elements from its start.
 * fast: what an_scale_fill returned if there is one rounding (AN_SINGLE), else 0. bias_bound: greatest magnitude of a bias, or 2^31 - 1. */
#define AN_RESCALE_FIELDS(F) F(accumulator) F(rounding) F(zero_out) F(min) F(max) F(fast) F(bias_bound) F(y_at) F(y_bytes)

/*
 * A product with constant weights, as a linear layer (taps 1) or a convolution, NHWC: depth = taps * part.
 * x_bytes: 1 for s8, in x8, or 2 for s16, in x16; x_at: elements from its start.
 * safe_depth: products that a 32-bit sum takes (2^31 - 1: any number, or the sum wraps).
 */
#define AN_MATRIX_FIELDS(F) AN_RESCALE_FIELDS(F) \
    F(x_at) F(x_bytes) F(zero_in) F(weight_bits) F(rows) F(depth) F(channels) F(safe_depth) F(block_rows) \
    F(kernel_h) F(kernel_w) F(part) F(height) F(width) F(out_height) F(out_width) F(stride_h) F(stride_w) \
    F(pad_top) F(pad_left) F(dilation_h) F(dilation_w)

/*
 * A product of activations, a [groups, rows, depth] by s8 b [groups, depth, columns], or [groups, columns, depth] when transposed.
 * Causal: row r sees position + r % m + 1 columns (transposed) or products (otherwise); columns that it does not see are zero_out, or stay
 * as they are without fill.
 */
#define AN_PRODUCT_FIELDS(F) AN_RESCALE_FIELDS(F) \
    F(a_at) F(a_bytes) F(zero_a) F(b_at) F(zero_b) F(groups) F(rows) F(m) F(depth) F(columns) F(transposed) F(causal) F(fill) F(safe_depth) \
    F(block_rows)

/*
 * Softmax of rows of width values; the exponential of a difference to the greatest score is entry min(difference, last) of a table, Q30.
 * Causal: row r sees position + r % m + 1 values; the others come out as 0, or stay as they are without fill.
 */
#define AN_SOFTMAX_FIELDS(F) F(x_at) F(x_bytes) F(y_at) F(y_bytes) F(width) F(m) F(causal) F(fill) F(last)

/* The operations of an_element, on s16 without zero points, y s16. */
enum { AN_ADD = 0, AN_MUL = 1, AN_TABLE = 2 };

/*
 * Element by element: an operation, where its operands and its result begin, and
 *   add    y = clamp(a * multiplier + b * multiplier_b + 2^(shift-1) >> shift), shift 18 to 47, multipliers
 *          within 2^31 - 2^15 either way, their lower 16 bits not 2^15
 *   mul    y = clamp(a * b * multiplier + 2^(shift-1) >> shift), shift 33 to 62
 *   table  y = t[i] + ((t[i+1] - t[i]) * f + 2^(shift-1) >> shift), i the bits of a + 2^15 above shift, f those below; shift 4 to 8
 */
#define AN_ELEMENT_FIELDS(F) F(operation) F(a_at) F(b_at) F(y_at) F(multiplier) F(multiplier_b) F(shift) F(min) F(max)

/*
 * RMS norm of rows of s16 without zero point: y = clamp(zero_out + (x * gamma * R + 2^(n-1) >> n)), of a row R and n, packed as
 * org.autoneural.ir.math.RowFactor has them.
 */
#define AN_NORM_FIELDS(F) F(x_at) F(y_at) F(y_bytes) F(width) F(zero_out) F(min) F(max)

/*
 * Rotary position embedding of x s16 [tokens, heads, width] without zero point: value j turns with value j + width / 2, cos and sin
 * [positions, width / 2] above -2^15. Positions beyond the last take the last. Rescaled by multiplier and shift, 33 to 62.
 */
#define AN_ROPE_FIELDS(F) \
    F(x_at) F(cos_at) F(sin_at) F(y_at) F(y_bytes) F(heads) F(width) F(positions) F(multiplier) F(shift) F(zero_out) F(min) F(max)

/*
 * Causal convolution of u s16 [tokens, channels], each channel for itself, after a state [taps - 1, channels] of earlier rows, both without
 * zero point; weights of 8 bits, as s16 [taps, channels], at most AN_MOST_TAPS. safe: every sum fits 32 bits with its bias.
 */
enum { AN_MOST_TAPS = 256 };
#define AN_CAUSAL_FIELDS(F) AN_RESCALE_FIELDS(F) F(u_at) F(state_at) F(new_state_at) F(tokens) F(channels) F(taps) F(safe)

#define AN_FIELD(name) int32_t name;
typedef struct { AN_RESCALE_FIELDS(AN_FIELD) } an_rescale;
typedef struct { AN_MATRIX_FIELDS(AN_FIELD) } an_matrix;
typedef struct { AN_PRODUCT_FIELDS(AN_FIELD) } an_product;
typedef struct { AN_SOFTMAX_FIELDS(AN_FIELD) } an_softmax;
typedef struct { AN_ELEMENT_FIELDS(AN_FIELD) } an_element;
typedef struct { AN_NORM_FIELDS(AN_FIELD) } an_norm;
typedef struct { AN_ROPE_FIELDS(AN_FIELD) } an_rope;
typedef struct { AN_CAUSAL_FIELDS(AN_FIELD) } an_causal;

/* A direct buffer's address as a number. */
int64_t an_address(const uint8_t *buffer);

/* The names of the fields, each followed by a space: what the caller checks its own order against. */
const char *an_matrix_fields(void);
const char *an_product_fields(void);
const char *an_softmax_fields(void);
const char *an_element_fields(void);
const char *an_norm_fields(void);
const char *an_rope_fields(void);
const char *an_causal_fields(void);

/* Bytes of working room of a thread. */
int64_t an_matrix_scratch(const an_matrix *m);

/* Number of units that the work is cut into. */
int32_t an_matrix_units(const an_matrix *m);

/*
 * Units from..to-1: a tile of 32 channels when there are few rows, else a block of block_rows rows times a tile, tiles of one block
 * next to each other. Returns 0, or 1 + the channel whose sum cannot be rescaled, the sum in *failed.
 */
int32_t an_matrix_run(int32_t level, const an_matrix *m, const uint8_t *weights, const int64_t *scale, const int8_t *x8,
                      const int16_t *x16, int8_t *y8, int16_t *y16, uint8_t *scratch, int64_t *failed, int32_t from, int32_t to);

int64_t an_product_scratch(const an_product *p);

/* Units from..to-1: a block of block_rows rows of a group, blocks of one group next to each other. scale: that of 32 equal channels. */
int32_t an_product_run(int32_t level, const an_product *p, const int64_t *scale, const int8_t *a8, const int16_t *a16, const int8_t *b,
                       int8_t *y8, int16_t *y16, uint8_t *scratch, int64_t *failed, int32_t position, int32_t from, int32_t to);

/* Rows from..to-1; e: room for a row's exponentials. */
void an_softmax_run(int32_t level, const an_softmax *s, const int32_t *table, const int8_t *x8, const int16_t *x16, int8_t *y8, int16_t *y16,
                    int32_t *e, int32_t position, int32_t from, int32_t to);

/* Elements from..to-1. */
void an_element_run(int32_t level, const an_element *e, const int16_t *table, const int16_t *a, const int16_t *b, int16_t *y, int32_t from,
                    int32_t to);

/* squares[i] = the sum of the squares of row from + i, to row to - 1. */
void an_norm_squares(int32_t level, const an_norm *n, const int16_t *x, int64_t *squares, int32_t from, int32_t to);

/* Rows from..to-1; factors: of row from and those after it. */
void an_norm_run(int32_t level, const an_norm *n, const int16_t *gamma, const int64_t *factors, const int16_t *x, int8_t *y8, int16_t *y16,
                 int32_t from, int32_t to);

/* Tokens from..to-1, the first of all at a position of at least 0. */
void an_rope_run(int32_t level, const an_rope *r, const int16_t *cos, const int16_t *sin, const int16_t *x, int8_t *y8, int16_t *y16,
                 int32_t position, int32_t from, int32_t to);

/*
 * Channels from..to-1, from and to multiples of 32 but for the last of all; the new state is that after `valid` tokens, and may lie where the
 * state is. Returns 0, or 1 + the channel whose sum cannot be rescaled, the sum in *failed.
 */
int32_t an_causal_run(int32_t level, const an_causal *c, const int16_t *weights, const int64_t *scale, const int16_t *u, const int16_t *state,
                      int16_t *new_state, int8_t *y8, int16_t *y16, int64_t *failed, int32_t valid, int32_t from, int32_t to);

#ifdef __cplusplus
}
#endif
#endif
