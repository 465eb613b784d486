/* Level 1: AVX2. Products of s16 pairs by vpmaddwd; 4-bit weights against the bytes of a row by vpmaddubsw. */
#if defined(__x86_64__)
#pragma GCC target("avx2")
#include "level.h"
#include "x86.h"

#define MR 6
#define NR 16
/* Bytes ahead of the weights in use that are asked for: some lines more than the processor fetches by itself. */
#define AHEAD 4096

#define INLINE static inline __attribute__((always_inline))

/* Adds sums of pairs of products to 16-bit lanes. In this order and at this place: left to the compiler, products wait in memory for sums. */
INLINE void add_pairs8(__m256i *sum, __m256i without_sign, __m256i with_sign) {
    __m256i product;
    __asm__ volatile("vpmaddubsw %3, %2, %1\n\tvpaddw %1, %0, %0" : "+x"(*sum), "=&x"(product) : "x"(without_sign), "x"(with_sign));
}

/*
 * A tile times `groups` groups, at most 4, added to its sums: high bytes are |15 * -128 * 2| a pair, so 8 pairs fit 16 bits; low bytes
 * 15 * 255 * 2 a pair, 8 of which fit 16 bits without sign: their sum starts at -2^15, which in the end counts as -2^16 for each channel
 * and call. All 16 registers are taken: 8 sums, 4 pieces of the row, which all channels share, and what becomes of the weights.
 */
INLINE void four_groups(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i high[4], low[4];
    for (int c = 0; c < 4; c++) {
        high[c] = _mm256_setzero_si256();
        low[c] = _mm256_set1_epi16(INT16_MIN);
    }
    for (int g = 0; g < groups; g++, w += 128, a += 16) {
        /* The compiler must not bring the pieces of the next groups to registers and spill the sums. */
        __asm__ volatile("" ::: "memory");
        __m256i high0 = pair((const int16_t *)(const void *)a), high1 = pair((const int16_t *)(const void *)(a + 4));
        __m256i low0 = pair((const int16_t *)(const void *)(a + 8)), low1 = pair((const int16_t *)(const void *)(a + 12));
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) {
            __m256i x = load(w + 32 * c);
            __m256i u = _mm256_and_si256(x, nibble);
            add_pairs8(&high[c], u, high0);
            add_pairs8(&low[c], low0, u);
            u = _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble);
            add_pairs8(&high[c], u, high1);
            add_pairs8(&low[c], low1, u);
        }
    }
    for (int c = 0; c < 4; c++) {
        __m256i both = _mm256_add_epi32(_mm256_madd_epi16(high[c], _mm256_set1_epi16(256)), _mm256_madd_epi16(low[c], _mm256_set1_epi16(1)));
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), _mm256_add_epi32(both, load(sums + 8 * c)));
    }
}

static void dot4(const uint8_t *w, const uint8_t *a, int groups, int32_t *sums) {
    for (int c = 0; c < 4; c++) {
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), _mm256_set1_epi32((groups + 3) / 4 << 16));
    }
    int g = 0;
    for (; g + 4 <= groups; g += 4, w += 512, a += 64) {
        for (int line = 0; line < 512; line += 64) {
            _mm_prefetch((const char *)w + AHEAD + line, _MM_HINT_T0);
        }
        four_groups(w, a, 4, sums);
    }
    if (g < groups) {
        four_groups(w, a, groups - g, sums);
    }
}

static void dot8(const uint8_t *w, const uint8_t *prepared, int groups, int32_t *sums) {
    const int16_t *a = (const int16_t *)(const void *)prepared;
    __m256i acc[4];
    for (int c = 0; c < 4; c++) {
        acc[c] = _mm256_setzero_si256();
    }
    for (int g = 0; g < groups; g++, w += 128, a += 4) {
        __m256i even = pair(a), odd = pair(a + 2);
        _mm_prefetch((const char *)w + AHEAD, _MM_HINT_T0);
        _mm_prefetch((const char *)w + AHEAD + 64, _MM_HINT_T0);
        for (int c = 0; c < 4; c++) {
            __m256i x = load(w + 32 * c);
            acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(_mm256_srai_epi16(x, 8), odd));
            acc[c] = _mm256_add_epi32(acc[c], _mm256_madd_epi16(_mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8), even));
        }
    }
    for (int c = 0; c < 4; c++) {
        _mm256_storeu_si256((__m256i *)(sums + 8 * c), acc[c]);
    }
}

/* 8 words of 4 s8 to two vectors of 8 pairs of s16: k and k + 1, k + 2 and k + 3. */
INLINE void widen(__m256i x, int16_t *first, int16_t *second) {
    /* Bytes k and k + 1 of each word to the upper halves of 16-bit lanes; then k + 2 and k + 3. */
    const __m256i low = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13));
    const __m256i high = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15));
    _mm256_storeu_si256((__m256i *)first, _mm256_srai_epi16(_mm256_shuffle_epi8(x, low), 8));
    _mm256_storeu_si256((__m256i *)second, _mm256_srai_epi16(_mm256_shuffle_epi8(x, high), 8));
}

static void unpack4(const uint8_t *w, int groups, int16_t *panel) {
    const __m256i nibble = _mm256_set1_epi8(15), eight = _mm256_set1_epi8(8);
    int half = groups * 4 * NR * 2;
    for (int g = 0; g < groups; g++, w += 128, panel += 4 * NR * 2) {
        for (int c = 0; c < 4; c++) {
            int16_t *to = panel + (c / 2) * half + c % 2 * 16;
            __m256i x = load(w + 32 * c);
            widen(_mm256_sub_epi8(_mm256_and_si256(x, nibble), eight), to, to + NR * 2);
            widen(_mm256_sub_epi8(_mm256_and_si256(_mm256_srli_epi16(x, 4), nibble), eight), to + 2 * NR * 2, to + 3 * NR * 2);
        }
    }
}

static void unpack8(const uint8_t *w, int groups, int16_t *panel) {
    int half = groups * 2 * NR * 2;
    for (int g = 0; g < groups; g++, w += 128, panel += 2 * NR * 2) {
        for (int c = 0; c < 4; c++) {
            int16_t *to = panel + (c / 2) * half + c % 2 * 16;
            widen(load(w + 32 * c), to, to + NR * 2);
        }
    }
}

INLINE void micro_rows(const int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    __m256i acc[MR][2];
#pragma GCC unroll 6
    for (int i = 0; i < mr; i++) {
        acc[i][0] = add ? load(sums + i * NR) : _mm256_setzero_si256();
        acc[i][1] = add ? load(sums + i * NR + 8) : _mm256_setzero_si256();
    }
    for (int s = 0; s < segments; s++, rows += MR) {
        const int16_t *p[MR];
#pragma GCC unroll 6
        for (int i = 0; i < mr; i++) {
            p[i] = rows[i];
        }
        for (int k = 0; k < pairs; k++, panel += NR * 2) {
            __m256i w0 = load(panel), w1 = load(panel + 16);
#pragma GCC unroll 6
            for (int i = 0; i < mr; i++) {
                __m256i a = pair(p[i] + 2 * k);
                acc[i][0] = _mm256_add_epi32(acc[i][0], _mm256_madd_epi16(w0, a));
                acc[i][1] = _mm256_add_epi32(acc[i][1], _mm256_madd_epi16(w1, a));
            }
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < mr; i++) {
        _mm256_storeu_si256((__m256i *)(sums + i * NR), acc[i][0]);
        _mm256_storeu_si256((__m256i *)(sums + i * NR + 8), acc[i][1]);
    }
}

static void micro(int mr, const int16_t *const *rows, int segments, int pairs, const int16_t *panel, int32_t *sums, int add) {
    switch (mr) {
    case 1: micro_rows(1, rows, segments, pairs, panel, sums, add); break;
    case 2: micro_rows(2, rows, segments, pairs, panel, sums, add); break;
    case 3: micro_rows(3, rows, segments, pairs, panel, sums, add); break;
    case 4: micro_rows(4, rows, segments, pairs, panel, sums, add); break;
    case 5: micro_rows(5, rows, segments, pairs, panel, sums, add); break;
    default: micro_rows(6, rows, segments, pairs, panel, sums, add); break;
    }
}

#include "matrix.h"
#include "product.h"
#include "softmax.h"

const an_level an_avx2 = {matrix_scratch, matrix_units, matrix_run, product_scratch, product_run, softmax_run};
#endif
