/* What AVX2 and AVX-512 share. */
#include <immintrin.h>

static inline __m256i load(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}

static inline __m256i pair(const int16_t *p) {
    int32_t both;
    memcpy(&both, p, 4);
    return _mm256_set1_epi32(both);
}

/* 8 sums to 8 values in lanes of 32 bits. */
static inline __m256i fast8(const int32_t *sums, const an_scale8 *s, __m256i low, __m256i high, __m256i zero) {
    __m256i acc = _mm256_add_epi32(load(sums), load(s->low_bias));
    __m256i m = load(s->multiplier);
    __m256i even = _mm256_mul_epi32(acc, m);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(acc, 32), _mm256_srli_epi64(m, 32));
    /* With 2^63 added the product is not negative, so that the logical shift is the arithmetic one, 2^(63-shift) too great. */
    even = _mm256_srlv_epi64(_mm256_add_epi64(even, load(s->offset_even)), load(s->shift_even));
    odd = _mm256_srlv_epi64(_mm256_add_epi64(odd, load(s->offset_odd)), load(s->shift_odd));
    __m256i v = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
    v = _mm256_sub_epi32(v, load(s->back));
    return _mm256_add_epi32(_mm256_min_epi32(_mm256_max_epi32(v, low), high), zero);
}

static void fast16(const int32_t *sums, const an_scale8 *scale, const an_rescale *r, int16_t *values) {
    __m256i low = _mm256_set1_epi32(r->min - r->zero_out), high = _mm256_set1_epi32(r->max - r->zero_out);
    __m256i zero = _mm256_set1_epi32(r->zero_out);
    __m256i a = fast8(sums, scale, low, high, zero), b = fast8(sums + 8, scale + 1, low, high, zero);
    _mm256_storeu_si256((__m256i *)values, _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8));
}

/* A row in groups of 8 k for dot4: the high bytes, signed, then the low bytes. */
static void prepare4(const int16_t *row, int groups, uint8_t *prepared) {
    for (int k = 0; k < groups * 8; k += 8, prepared += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(row + k));
        __m128i high = _mm_packs_epi16(_mm_srai_epi16(v, 8), _mm_setzero_si128());
        __m128i low = _mm_packus_epi16(_mm_and_si128(v, _mm_set1_epi16(255)), _mm_setzero_si128());
        _mm_storeu_si128((__m128i *)prepared, _mm_unpacklo_epi64(high, low));
    }
}

/* A row in groups of 4 k for dot8: k, k + 2, k + 1, k + 3, as even and odd bytes of a weight's word come apart. */
static void prepare8(const int16_t *row, int groups, uint8_t *prepared) {
    for (int k = 0; k < groups * 4; k += 4, prepared += 8) {
        int16_t four[4] = {row[k], row[k + 2], row[k + 1], row[k + 3]};
        memcpy(prepared, four, 8);
    }
}
