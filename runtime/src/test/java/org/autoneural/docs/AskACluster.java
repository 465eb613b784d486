package org.autoneural.docs;

import java.nio.file.Path;
import org.autoneural.compiler.CompileOptions;
import org.autoneural.compiler.Compiler;
import org.autoneural.runtime.CompiledModel;
import org.autoneural.runtime.Conversation;

public final class AskACluster {
    public static void main(String[] args) {
        Path checkpoint = Path.of(args[0]), npu = Path.of(args[1]), picture = Path.of(args[2]);
        Compiler.compile(CompileOptions.of(checkpoint).withRecipe("w8a16-w4a16"), npu);
        try (CompiledModel model = CompiledModel.load(npu); Conversation conversation = model.newConversation()) {
            conversation.ask("How fast is the car going?").about(picture).answer(System.out::print);
            System.out.println();
            System.out.println(conversation.ask("Is a turn indicator on?").maxTokens(32).answer().text());
        }
    }
}
