/*
 * What this machine can do at most, measured: multiply-adds a second by kind of operand, and bytes read a second from memory.
 * Usage: limits THREADS; prints one JSON object. Built by MachineLimits with gcc -O2 -march=native -pthread, so the widest vectors
 * of this processor are used. Every figure is the best of several repetitions: a limit, not an average; of s16 the median of them as well,
 * for machines whose speed changes with what their neighbours do.
 */
#include <immintrin.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPETITIONS 25
#define TURNS 3000000L
#define CHAINS 12
#define READ_BYTES (512L << 20)

#if defined(__AVX512BW__)
typedef __m512i ints;
typedef __m512 floats;
#define WIDTH 512
#elif defined(__AVX2__)
typedef __m256i ints;
typedef __m256 floats;
#define WIDTH 256
#else
#error "limits.c knows AVX2 and AVX-512 only"
#endif

#define HOLD(v) asm volatile("" : "+v"(v))
/* Written as instructions: a compiler would see that twelve equal products are one. */
#define MULTIPLY_ADD(multiply, add, acc, product, a, b)                               \
    asm volatile(multiply " %2, %3, %1\n\t" add " %1, %0, %0" : "+v"(acc), "=&v"(product) : "v"(a), "v"(b))
#define MADD16(acc, product, a, b) MULTIPLY_ADD("vpmaddwd", "vpaddd", acc, product, a, b)
#define MUL32(acc, product, a, b) MULTIPLY_ADD("vpmulld", "vpaddd", acc, product, a, b)
#define FMA(acc, product, a, b) asm volatile("vfmadd231ps %1, %2, %0" : "+v"(acc) : "v"(a), "v"(b))

typedef void (*work)(void *);

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

#define LOOP(type, step)                                                   \
    type a = {0}, b = {0}, acc[CHAINS] = {{0}}, product[4] = {{0}};        \
    for (long i = 0; i < TURNS; i++) {                                     \
        step(acc[0], product[0], a, b); step(acc[1], product[1], a, b);    \
        step(acc[2], product[2], a, b); step(acc[3], product[3], a, b);    \
        step(acc[4], product[0], a, b); step(acc[5], product[1], a, b);    \
        step(acc[6], product[2], a, b); step(acc[7], product[3], a, b);    \
        step(acc[8], product[0], a, b); step(acc[9], product[1], a, b);    \
        step(acc[10], product[2], a, b); step(acc[11], product[3], a, b);  \
    }                                                                      \
    (void) product

static void s16(void *unused) {
    (void) unused;
    LOOP(ints, MADD16);
}

static void s32(void *unused) {
    (void) unused;
    LOOP(ints, MUL32);
}

static void f32(void *unused) {
    (void) unused;
    LOOP(floats, FMA);
}

static void readAll(void *memory) {
    const ints *p = memory;
    for (size_t i = 0; i < READ_BYTES / sizeof(ints); i += 4) {
        ints x = p[i], y = p[i + 1], z = p[i + 2], w = p[i + 3];
        HOLD(x);
        HOLD(y);
        HOLD(z);
        HOLD(w);
    }
}

struct job {
    work run;
    void *argument;
};

static void *start(void *job) {
    struct job *j = job;
    j->run(j->argument);
    return NULL;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *) a, y = *(const double *) b;
    return (x > y) - (x < y);
}

/* Seconds of the repetitions, each the time in which all threads did their work, the fastest first. */
static void measure(int threads, work run, void **arguments, double took[REPETITIONS]) {
    for (int r = 0; r < REPETITIONS; r++) {
        pthread_t team[threads];
        struct job jobs[threads];
        double from = now();
        for (int t = 0; t < threads; t++) {
            jobs[t] = (struct job) {run, arguments[t]};
            pthread_create(&team[t], NULL, start, &jobs[t]);
        }
        for (int t = 0; t < threads; t++) pthread_join(team[t], NULL);
        took[r] = now() - from;
    }
    qsort(took, REPETITIONS, sizeof took[0], ascending);
}

/* Seconds of the fastest repetition. */
static double seconds(int threads, work run, void **arguments) {
    double took[REPETITIONS];
    measure(threads, run, arguments, took);
    return took[0];
}

int main(int argc, char **argv) {
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    if (threads < 1 || threads > 256) return 2;
    void *memory[threads];
    for (int t = 0; t < threads; t++) {
        memory[t] = aligned_alloc(2 << 20, READ_BYTES);
        if (!memory[t]) return 3;
        memset(memory[t], t + 1, READ_BYTES);
    }
    double turns = (double) threads * TURNS * CHAINS / 1e9;
    double products16[REPETITIONS];
    measure(threads, s16, memory, products16);
    printf("{\"threads\": %d, \"vectorBits\": %d, \"s16GmacPerSecond\": %.1f, \"s16MedianGmacPerSecond\": %.1f, \"s32GmacPerSecond\": %.1f, \"f32GmacPerSecond\": %.1f, "
           "\"readGigabytesPerSecond\": %.1f}\n", threads, WIDTH, turns * WIDTH / 16 / products16[0],
           turns * WIDTH / 16 / products16[REPETITIONS / 2],
           turns * WIDTH / 32 / seconds(threads, s32, memory), turns * WIDTH / 32 / seconds(threads, f32, memory),
           (double) threads * READ_BYTES / 1e9 / seconds(threads, readAll, memory));
    return 0;
}
