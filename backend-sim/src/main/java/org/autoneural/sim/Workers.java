package org.autoneural.sim;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.autoneural.sim.kernel.Kernel;
import org.autoneural.sim.kernel.Memory;
import org.autoneural.sim.kernel.Scratch;

/**
 * A fixed team of threads that shares the units of one kernel at a time. The caller takes part; the units are cut into parts that
 * whoever is free takes next, so that a thread that the machine is slow to wake costs nothing. When another context has the
 * team, or the kernel is small, the caller works alone. Waiting threads spin for a moment and then park.
 *
 * <p>Which thread runs a part has no influence on what it computes.
 */
final class Workers implements AutoCloseable {
    /** Units for each thread below which each is a part. */
    private static final int FEW = 6;
    /** Each round but the last is half of what is left: of equal parts a thread waits for half of another's on average, of these for a 64th. */
    private static final int MAX_ROUNDS = 5;
    private static final int MAX_PARTS = 0xFFFF;
    /** Below this number of elementary operations waking another thread costs more than it brings. */
    static final long MIN_WORK = 1 << 16;
    /**
     * Turns of the waiting loop before a thread parks: about half a millisecond. The small kernels between two large ones of a decoder, and
     * the last part of a large one, take less; to wake a thread takes tens of microseconds, in a virtual machine more.
     */
    private static final int SPINS = 30_000;

    private final int threads;
    private final long minWork;
    private final Worker[] workers;
    private final AtomicBoolean taken = new AtomicBoolean();
    /**
     * Number of the job (32 bits), its parts (16), the next of them to take (16). That all parts are taken must show in this one
     * word: a thread that was late would otherwise compare the last job's count with the next job's parts.
     */
    private final AtomicLong next = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    // The job: written before its number is published in next, read by those who then claim a part of that number.
    private Kernel kernel;
    private Memory memory;
    private Scratch[] scratch;
    private Thread caller;
    private volatile boolean closed;

    /**
     * @param threads threads that take part, the callers' included, at least 1
     * @param minWork elementary operations from which on a kernel is shared, {@link #MIN_WORK} but in tests
     */
    Workers(int threads, long minWork) {
        this.threads = threads;
        this.minWork = minWork;
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].setDaemon(true);
            workers[i].start();
        }
    }

    /** Threads that take part, the caller included; the number of scratch areas a context needs. */
    int threads() {
        return threads;
    }

    /** Runs all units of {@code kernel} and returns when they are done; rethrows what a unit threw. */
    void run(Kernel kernel, Memory memory, Scratch[] scratch) {
        int units = kernel.units();
        for (Scratch each : scratch) {
            each.begin();
        }
        if (threads == 1 || units == 1 || kernel.work() < minWork || closed || !taken.compareAndSet(false, true)) {
            kernel.run(memory, scratch[0], 0, units);
            return;
        }
        try {
            share(kernel, memory, scratch, units);
        } finally {
            taken.set(false);
        }
    }

    private void share(Kernel kernel, Memory memory, Scratch[] scratch, int units) {
        this.kernel = kernel;
        this.memory = memory;
        this.scratch = scratch;
        int parts = Math.min(parts(units), MAX_PARTS);
        caller = Thread.currentThread();
        failure.set(null);
        unfinished.set(parts);
        long job = (next.get() >>> 32) + 1 & 0xFFFF_FFFFL;
        next.set(job << 32 | (long) parts << 16);
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker);
            }
        }
        work(job, 0);
        for (int spin = 0; unfinished.get() > 0; spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
        Throwable thrown = failure.get();
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
    }

    /** Each unit a part when they are few, else rounds of a part for each thread, whose last parts have a unit at least. */
    private int parts(int units) {
        if (units < FEW * threads) {
            return units;
        }
        int rounds = 1;
        while (rounds < MAX_ROUNDS && units >> rounds >= 2 * threads) {
            rounds++;
        }
        return rounds * threads;
    }

    /** The first unit of a part; that of part {@code parts} is where the last one ends. */
    private int begin(int units, int parts, int part) {
        if (parts == units || part == parts) {
            return part == parts ? units : part;
        }
        int round = part / threads;
        int left = units >> round;
        int ofRound = round == parts / threads - 1 ? left : left - (left >> 1);
        return units - left + (int) ((long) ofRound * (part % threads) / threads);
    }

    /** Takes parts of job {@code job} until none is left. */
    private void work(long job, int thread) {
        while (true) {
            long at = next.get();
            if (at >>> 32 != job) {
                return;
            }
            int parts = (int) (at >>> 16) & MAX_PARTS;
            int part = (int) at & MAX_PARTS;
            if (part >= parts) {
                return;
            }
            // Valid if the claim succeeds: the job cannot end, nor its fields change, while a part is unclaimed.
            Kernel kernel = this.kernel;
            Memory memory = this.memory;
            Scratch[] scratch = this.scratch;
            Thread caller = this.caller;
            if (!next.compareAndSet(at, at + 1)) {
                continue;
            }
            int units = kernel.units();
            try {
                kernel.run(memory, scratch[thread], begin(units, parts, part), begin(units, parts, part + 1));
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            }
            if (unfinished.decrementAndGet() == 0 && thread != 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("autoneural-sim-" + number);
            this.number = number;
        }

        @Override
        public void run() {
            long seen = 0;
            while (!closed) {
                long job = await(seen);
                if (job != seen) {
                    work(job, number);
                    seen = job;
                }
            }
        }

        /** The number of a job other than {@code seen}; {@code seen} itself now and then. */
        private long await(long seen) {
            for (int spin = 0; spin < SPINS; spin++) {
                long job = next.get() >>> 32;
                if (job != seen) {
                    return job;
                }
                Thread.onSpinWait();
            }
            parked = true;
            // Looked at again after the flag is up: whoever publishes a job later sees the flag.
            if (next.get() >>> 32 == seen && !closed) {
                LockSupport.park(Workers.this);
            }
            parked = false;
            return next.get() >>> 32;
        }
    }
}
