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
static inline __m256i fast8(const int32_t *sums, const an_near8 *near, const an_wide8 *s, __m256i low, __m256i high, __m256i zero) {
    __m256i acc = _mm256_add_epi32(load(sums), load(near->low_bias));
    __m256i m = load(near->multiplier);
    __m256i even = _mm256_mul_epi32(acc, m);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(acc, 32), _mm256_srli_epi64(m, 32));
    /* With 2^63 added the product is not negative, so that the logical shift is the arithmetic one, 2^(63-shift) too great. */
    even = _mm256_srlv_epi64(_mm256_add_epi64(even, load(s->offset_even)), load(s->shift_even));
    odd = _mm256_srlv_epi64(_mm256_add_epi64(odd, load(s->offset_odd)), load(s->shift_odd));
    __m256i v = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
    v = _mm256_sub_epi32(v, load(s->back));
    return _mm256_add_epi32(_mm256_min_epi32(_mm256_max_epi32(v, low), high), zero);
}

/* 8 sums to 8 values in lanes of 32 bits, before zero and bounds, for shifts of at least 33: the low halves of the products are for nothing. */
static inline __m256i high8(const int32_t *sums, const an_near8 *s) {
    __m256i acc = _mm256_add_epi32(load(sums), load(s->low_bias));
    __m256i m = load(s->multiplier);
    __m256i even = _mm256_mul_epi32(acc, m);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(acc, 32), _mm256_srli_epi64(m, 32));
    __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    __m256i shift = load(s->high_shift);
    __m256i half = _mm256_srli_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), shift), 1);
    return _mm256_srav_epi32(_mm256_add_epi32(high, half), shift);
}

static void fast16(const int32_t *sums, an_scale scale, const an_rescale *r, int16_t *values) {
    if (r->fast == 2) {
        /* Bounds less zero fit 16 bits here, so that they may come after the saturation. */
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi32(high8(sums, scale.near), high8(sums + 8, scale.near + 1)), 0xD8);
        both = _mm256_max_epi16(both, _mm256_set1_epi16((int16_t)(r->min - r->zero_out)));
        both = _mm256_min_epi16(both, _mm256_set1_epi16((int16_t)(r->max - r->zero_out)));
        _mm256_storeu_si256((__m256i *)values, _mm256_add_epi16(both, _mm256_set1_epi16((int16_t)r->zero_out)));
        return;
    }
    __m256i low = _mm256_set1_epi32(r->min - r->zero_out), high = _mm256_set1_epi32(r->max - r->zero_out);
    __m256i zero = _mm256_set1_epi32(r->zero_out);
    __m256i a = fast8(sums, scale.near, scale.wide, low, high, zero), b = fast8(sums + 8, scale.near + 1, scale.wide + 1, low, high, zero);
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

/* Two neighbouring entries come as one word, and meet 2^shift - f and f: their sum has 32 bits, and t[0] * 2^shift rounds nothing. */
static void interpolate(const int16_t *table, int shift, const int16_t *x, int16_t *y, int n) {
    const __m256i flip = _mm256_set1_epi16(INT16_MIN), below = _mm256_set1_epi32((1 << shift) - 1), whole = _mm256_set1_epi32(1 << shift);
    const __m256i half = _mm256_set1_epi32(1 << (shift - 1));
    const __m128i by = _mm_cvtsi32_si128(shift);
    for (int i = 0; i < n; i += 16) {
        int16_t last[16] = {0};
        int count = n - i < 16 ? n - i : 16;
        if (count < 16) {
            memcpy(last, x + i, (size_t)count * 2);
        }
        __m256i u = _mm256_xor_si256(load(count < 16 ? last : x + i), flip), part[2];
        for (int h = 0; h < 2; h++) {
            __m256i v = _mm256_cvtepu16_epi32(h == 0 ? _mm256_castsi256_si128(u) : _mm256_extracti128_si256(u, 1));
            __m256i two = _mm256_i32gather_epi32((const int *)(const void *)table, _mm256_srl_epi32(v, by), 2);
            __m256i f = _mm256_and_si256(v, below);
            __m256i sum = _mm256_madd_epi16(two, _mm256_add_epi32(_mm256_sub_epi32(whole, f), _mm256_slli_epi32(f, 16)));
            part[h] = _mm256_sra_epi32(_mm256_add_epi32(sum, half), by);
        }
        _mm256_storeu_si256((__m256i *)(void *)(count < 16 ? last : y + i), _mm256_permute4x64_epi64(_mm256_packs_epi32(part[0], part[1]), 0xD8));
        if (count < 16) {
            memcpy(y + i, last, (size_t)count * 2);
        }
    }
}

static int64_t exponentials16(const int16_t *x, int n, const int32_t *table, int last, int32_t *e) {
    int max = INT16_MIN, i = 0;
    if (n >= 16) {
        __m256i most = load(x);
        for (i = 16; i + 16 <= n; i += 16) {
            most = _mm256_max_epi16(most, load(x + i));
        }
        int16_t each[16];
        _mm256_storeu_si256((__m256i *)each, most);
        for (int j = 0; j < 16; j++) {
            max = each[j] > max ? each[j] : max;
        }
    }
    for (; i < n; i++) {
        max = x[i] > max ? x[i] : max;
    }
    const __m256i top = _mm256_set1_epi16((int16_t)max), end = _mm256_set1_epi16((int16_t)last), low = _mm256_set1_epi64x(0xFFFFFFFF);
    __m256i sums = _mm256_setzero_si256();
    for (i = 0; i + 16 <= n; i += 16) {
        /* Differences and the last one that counts, as numbers without sign. */
        __m256i at = _mm256_min_epu16(_mm256_sub_epi16(top, load(x + i)), end);
        for (int h = 0; h < 2; h++) {
            __m128i half = h == 0 ? _mm256_castsi256_si128(at) : _mm256_extracti128_si256(at, 1);
            __m256i v = _mm256_i32gather_epi32((const int *)table, _mm256_cvtepu16_epi32(half), 4);
            _mm256_storeu_si256((__m256i *)(e + i + 8 * h), v);
            sums = _mm256_add_epi64(sums, _mm256_add_epi64(_mm256_and_si256(v, low), _mm256_srli_epi64(v, 32)));
        }
    }
    int64_t parts[4];
    _mm256_storeu_si256((__m256i *)parts, sums);
    int64_t sum = parts[0] + parts[1] + parts[2] + parts[3];
    for (; i < n; i++) {
        e[i] = table[max - x[i] < last ? max - x[i] : last];
        sum += e[i];
    }
    return sum;
}

/* 4 quotients in the even lanes of e, too small by one at most where *doubt gets bits. */
static inline __m256i quotients4(__m256i e, __m256i reciprocal, __m256i least, __m128i shift, __m256i slack, __m256i *doubt) {
    __m256i low = _mm256_add_epi64(_mm256_mul_epu32(e, reciprocal), least);
    __m256i q = _mm256_srl_epi64(low, shift);
    *doubt = _mm256_or_si256(*doubt, _mm256_xor_si256(q, _mm256_srl_epi64(_mm256_add_epi64(low, slack), shift)));
    return q;
}

/*
 * By the reciprocal R = floor(2^(bits + k) / sum), of at most 32 bits: e * R is below e * 2^(bits + k) / sum by less than e <= 2^30; and an
 * odd sum's half is cut by less than 2^22 in units of 2^-k, since k <= 30 - bits + the bits of sum. Where so much more or less
 * gives another quotient, that is one in some ten thousands, it is divided.
 */
static void quotients(const int32_t *e, int n, int64_t sum, int bits, uint16_t *q) {
    int length = 64 - __builtin_clzll((uint64_t)sum);
    int k = length + 30 - bits < 61 ? length + 30 - bits : 61;
    uint64_t r = (uint64_t)(((unsigned __int128)1 << (bits + k)) / (uint64_t)sum);
    const __m256i reciprocal = _mm256_set1_epi64x((int64_t)r), slack = _mm256_set1_epi64x(((int64_t)1 << 30) + ((int64_t)1 << 22));
    const __m256i least = _mm256_set1_epi64x(((int64_t)1 << (k - 1)) - ((int64_t)1 << 22));
    const __m128i shift = _mm_cvtsi32_si128(k);
    int i = 0;
    for (; i + 16 <= n; i += 16) {
        __m256i part[2], doubt = _mm256_setzero_si256();
        for (int h = 0; h < 2; h++) {
            __m256i v = load(e + i + 8 * h);
            __m256i even = quotients4(v, reciprocal, least, shift, slack, &doubt);
            __m256i odd = quotients4(_mm256_srli_epi64(v, 32), reciprocal, least, shift, slack, &doubt);
            part[h] = _mm256_or_si256(even, _mm256_slli_epi64(odd, 32));
        }
        if (!_mm256_testz_si256(doubt, doubt)) {
            for (int j = i; j < i + 16; j++) {
                q[j] = an_quotient(e[j], sum, bits);
            }
            continue;
        }
        __m256i both = _mm256_permute4x64_epi64(_mm256_packus_epi32(part[0], part[1]), 0xD8);
        _mm256_storeu_si256((__m256i *)(q + i), both);
    }
    for (; i < n; i++) {
        q[i] = an_quotient(e[i], sum, bits);
    }
}
