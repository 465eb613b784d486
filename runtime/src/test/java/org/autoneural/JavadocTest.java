package org.autoneural;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Everything that users of the modules can name has a comment, packages included. What the comments hold is checked by the compiler
 * ({@code -Xdoclint} in the root pom).
 */
class JavadocTest {
    private static final Path ROOT = Path.of("..");
    /** FlatBuffers' compiler writes it. */
    private static final Path GENERATED = Path.of("org", "autoneural", "artifact", "schema");

    @Test
    void everythingPublicHasAComment() throws IOException {
        List<Path> sources;
        try (Stream<Path> all = Files.find(ROOT, 12, (path, facts) -> path.toString().endsWith(".java"))) {
            sources = all.filter(path -> path.toString().contains(Path.of("src", "main", "java").toString())
                    && !path.getParent().endsWith(GENERATED) && !path.toString().contains("benchmarks")).toList();
        }
        assertThat(sources).hasSizeGreaterThan(300);
        assertThat(sources.stream().map(Path::getParent).distinct()).as("packages without package-info.java")
                .allMatch(folder -> Files.exists(folder.resolve("package-info.java")));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(sources));
            Scanner scanner = new Scanner(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                scanner.scan(unit, null);
            }
            assertThat(scanner.missing).as("public, and without a comment").isEmpty();
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final List<String> missing = new ArrayList<>();

        Scanner(DocTrees trees) {
            this.trees = trees;
        }

        @Override
        public Void visitClass(ClassTree tree, Void nothing) {
            // What stands in a class that cannot be named cannot be named either.
            if (!visible(tree.getModifiers())) {
                return null;
            }
            require(tree.getSimpleName().toString(), tree);
            return super.visitClass(tree, nothing);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void nothing) {
            ClassTree owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            boolean recordsOwn = owner.getKind() == Tree.Kind.RECORD && tree.getName().contentEquals("<init>") && compact(tree, owner);
            boolean inherits = tree.getModifiers().getAnnotations().stream().anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
            if (visible(tree.getModifiers()) && !recordsOwn && !inherits) {
                require(owner.getSimpleName() + "." + tree.getName(), tree);
            }
            return null;
        }

        /** A constructor of a record without parameters of its own; the parser gives it the record's components, if any. */
        private boolean compact(MethodTree tree, ClassTree owner) {
            long components = owner.getMembers().stream().filter(m -> m instanceof VariableTree v
                    && !v.getModifiers().getFlags().contains(Modifier.STATIC)).count();
            return tree.getParameters().isEmpty() || tree.getParameters().size() == components;
        }

        @Override
        public Void visitVariable(VariableTree tree, Void nothing) {
            ClassTree owner = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            boolean component = owner.getKind() == Tree.Kind.RECORD && !tree.getModifiers().getFlags().contains(Modifier.STATIC);
            if (visible(tree.getModifiers()) && !component && !saysItself(tree)) {
                require(owner.getSimpleName() + "." + tree.getName(), tree);
            }
            return null;
        }

        /** A constant of an enum that is made from a sentence, such as a diagnostic's code. */
        private static boolean saysItself(VariableTree tree) {
            if (tree.getInitializer() instanceof NewClassTree made && !made.getArguments().isEmpty()) {
                ExpressionTree first = made.getArguments().get(0);
                return first instanceof LiteralTree literal && literal.getValue() instanceof String text && text.contains(" ");
            }
            return false;
        }

        private boolean visible(ModifiersTree modifiers) {
            if (modifiers.getFlags().contains(Modifier.PUBLIC) || modifiers.getFlags().contains(Modifier.PROTECTED)) {
                return true;
            }
            Tree owner = getCurrentPath().getParentPath().getLeaf();
            return owner instanceof ClassTree type && type.getKind() == Tree.Kind.INTERFACE && !modifiers.getFlags().contains(Modifier.PRIVATE);
        }

        private void require(String name, Tree tree) {
            if (trees.getDocComment(getCurrentPath()) == null) {
                CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
                long line = unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
                missing.add(Path.of(unit.getSourceFile().toUri()).getFileName() + ":" + line + " " + name);
            }
        }
    }
}
