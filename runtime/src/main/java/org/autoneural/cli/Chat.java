package org.autoneural.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.autoneural.image.PictureException;
import org.autoneural.runtime.Cancellation;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.ContextFullException;
import org.autoneural.runtime.Conversation;
import org.autoneural.runtime.Generation;

/** A conversation at the keyboard: questions, and commands that begin with a slash. */
final class Chat {
    private static final String HELP = """
            Type a question, or
              /image FILE   show a picture (PNG or JPEG) with the next question
              /new          forget everything and start again
              /help         this list
              /quit         leave (also Ctrl-D)
            Ctrl-C ends an answer early.""";

    private final CompiledModel model;
    private final Generation generation;
    private final Console console;
    private final List<Path> pictures = new ArrayList<>();
    private final AtomicReference<Cancellation> current = new AtomicReference<>(new Cancellation());

    Chat(CompiledModel model, Generation generation, Console console) {
        this.model = model;
        this.generation = generation;
        this.console = console;
    }

    /** Talks until the user leaves. {@code shown}: pictures that come with the first question. */
    void run(List<Path> shown) throws IOException {
        pictures.addAll(shown);
        Conversation conversation = model.newConversation();
        try (Prompt prompt = console.inTerminal() ? new TerminalPrompt(() -> current.get().cancel()) : new PlainPrompt(console.in())) {
            console.note(!console.inTerminal(), "Ask about the picture; /help lists the commands.");
            for (Optional<String> line = prompt.next(); line.isPresent(); line = prompt.next()) {
                String text = line.get().strip();
                if (text.equals("/quit")) {
                    return;
                }
                if (text.equals("/new")) {
                    conversation.close();
                    conversation = model.newConversation();
                    pictures.clear();
                    console.err().println("A new conversation. It has seen no picture; /image FILE shows one.");
                } else if (text.startsWith("/")) {
                    command(text);
                } else if (!text.isEmpty()) {
                    answer(conversation, text);
                }
            }
        } finally {
            conversation.close();
        }
    }

    private void command(String text) {
        if (text.equals("/help")) {
            console.err().println(HELP);
        } else if (text.startsWith("/image ")) {
            Path picture = Path.of(text.substring("/image ".length()).strip());
            if (Files.isRegularFile(picture)) {
                pictures.add(picture);
                console.err().println("The next question is about " + picture + (pictures.size() > 1
                        ? " and " + (pictures.size() - 1) + " more." : "."));
            } else {
                console.err().println("There is no file " + picture + ".");
            }
        } else {
            console.err().println("Unknown command " + text + ".\n" + HELP);
        }
    }

    private void answer(Conversation conversation, String question) {
        current.set(new Cancellation());
        try {
            RunCommand.Timed timed = RunCommand.ask(conversation, question, pictures, generation, text -> {
                console.out().print(text);
                console.out().flush();
            }, current.get());
            console.out().println();
            console.note(!console.inTerminal(), timed.summary());
            pictures.clear();
        } catch (ContextFullException e) {
            console.err().println(e.getMessage() + ". Here: /new");
        } catch (PictureException e) {
            console.err().println(e.getMessage());
            pictures.clear();
        }
    }
}
