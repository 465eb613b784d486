package org.autoneural.cli;

import java.io.IOException;
import java.util.Optional;

/** Where the lines of a chat come from. */
interface Prompt extends AutoCloseable {
    /** The next line; empty when there are no more. */
    Optional<String> next() throws IOException;

    @Override
    void close() throws IOException;
}
