package org.autoneural.cli;

import java.io.IOException;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Lines that a person types, with editing and history. Ctrl-C clears the line, or interrupts the work between two lines. */
final class TerminalPrompt implements Prompt {
    private final Terminal terminal;
    private final LineReader reader;

    /** @param onInterrupt called on another thread when Ctrl-C is pressed while no line is read */
    TerminalPrompt(Runnable onInterrupt) throws IOException {
        terminal = TerminalBuilder.builder().system(true).dumb(true).nativeSignals(true).build();
        terminal.handle(Terminal.Signal.INT, signal -> onInterrupt.run());
        // The "!" of a question is no reference to the history.
        reader = LineReaderBuilder.builder().terminal(terminal).appName("autoneural")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true).build();
    }

    @Override
    public Optional<String> next() {
        while (true) {
            try {
                return Optional.of(reader.readLine("> "));
            } catch (UserInterruptException e) {
                terminal.writer().println("(/quit or Ctrl-D leaves)");
                terminal.flush();
            } catch (EndOfFileException e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
