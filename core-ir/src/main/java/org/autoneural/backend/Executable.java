package org.autoneural.backend;

import org.autoneural.ir.Program;

/** A program ready to run. Immutable and shared by threads; all that changes lies in its contexts. */
public interface Executable extends AutoCloseable {
    /** The INTEGER graphs that it runs. */
    Program program();

    /** Name of the kernels in use, for reports. */
    String kernels();

    /** Memory and states of their own for one run at a time; contexts share the weights and may run at once. */
    ExecutionContext newContext();

    @Override
    void close();
}
