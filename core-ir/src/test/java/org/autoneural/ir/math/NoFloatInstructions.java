package org.autoneural.ir.math;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Finds floating point in compiled classes: instructions, constants, array types, fields and signatures of called methods.
 * For packages that must work with integers alone.
 */
public final class NoFloatInstructions {
    private NoFloatInstructions() {
    }

    /**
     * Every use of float or double in the classes of a package (its sub-packages left out).
     *
     * @param anchor a class from the same folder or jar as the package
     * @param packageName for example {@code org.autoneural.ir.math}
     * @return one line per use: class, method, what was found; empty when there is none
     * @throws IllegalStateException when the package has no class there (the check would say nothing)
     */
    public static List<String> in(Class<?> anchor, String packageName) {
        List<String> found = new ArrayList<>();
        int classes = 0;
        try {
            URI source = anchor.getProtectionDomain().getCodeSource().getLocation().toURI();
            Path location = Path.of(source);
            if (Files.isDirectory(location)) {
                classes = scan(location.resolve(packageName.replace('.', '/')), found);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(location, Map.of())) {
                    classes = scan(jar.getPath(packageName.replace('.', '/')), found);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        if (classes == 0) {
            throw new IllegalStateException("no class of package " + packageName + " beside " + anchor.getName());
        }
        return found;
    }

    /**
     * Every use of float or double in the methods of one class; its constructors are set-up and may use them, and so may its
     * fields hold them.
     */
    public static List<String> inMethodsOf(Class<?> type) {
        List<String> found = new ArrayList<>();
        try (InputStream bytes = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            new ClassReader(bytes).accept(new Finder(found), ClassReader.SKIP_DEBUG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String name = type.getName();
        return found.stream().filter(line -> !line.startsWith(name + ".<init>") && !line.contains(": field of type ")).toList();
    }

    /** The packages below {@code root} that hold classes, in the folder or jar of {@code anchor}, in alphabetical order. */
    public static List<String> packages(Class<?> anchor, String root) {
        try {
            Path location = Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (!Files.isDirectory(location)) {
                throw new IllegalStateException(location + " is not a folder of classes");
            }
            try (Stream<Path> all = Files.walk(location.resolve(root.replace('.', '/')))) {
                return all.filter(f -> f.toString().endsWith(".class")).map(f -> location.relativize(f.getParent()).toString()
                        .replace(f.getFileSystem().getSeparator(), ".")).distinct().sorted().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int scan(Path folder, List<String> found) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(folder)) {
            files = list.filter(f -> f.toString().endsWith(".class")).sorted().toList();
        }
        for (Path file : files) {
            new ClassReader(Files.readAllBytes(file)).accept(new Finder(found), ClassReader.SKIP_DEBUG);
        }
        return files.size();
    }

    private static final class Finder extends ClassVisitor {
        private final List<String> found;
        private String className = "";

        Finder(List<String> found) {
            super(Opcodes.ASM9);
            this.found = found;
        }

        @Override
        public void visit(int version, int access, String name, String signature, String superName, String[] interfaces) {
            className = name.replace('/', '.');
        }

        @Override
        public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
            if (isFloat(Type.getType(descriptor))) {
                found.add(className + "." + name + ": field of type " + descriptor);
            }
            return null;
        }

        @Override
        public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
            String where = className + "." + name + descriptor;
            if (mentionsFloat(descriptor)) {
                found.add(where + ": signature");
            }
            return new MethodFinder(found, where);
        }
    }

    private static final class MethodFinder extends MethodVisitor {
        private final List<String> found;
        private final String where;

        MethodFinder(List<String> found, String where) {
            super(Opcodes.ASM9);
            this.found = found;
            this.where = where;
        }

        @Override
        public void visitInsn(int opcode) {
            if (isFloat(opcode)) {
                report("floating-point instruction " + opcode);
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY && (operand == Opcodes.T_FLOAT || operand == Opcodes.T_DOUBLE)) {
                report("array of floating point");
            }
        }

        @Override
        public void visitVarInsn(int opcode, int index) {
            if (isFloat(opcode)) {
                report("floating-point instruction " + opcode);
            }
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (isFloat(Type.getObjectType(type))) {
                report("type " + type);
            }
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            if (isFloat(Type.getType(descriptor))) {
                report("array " + descriptor);
            }
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (isFloat(Type.getType(descriptor))) {
                report("field " + owner + "." + name);
            }
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (mentionsFloat(descriptor)) {
                report("call of " + owner + "." + name + descriptor);
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            boolean bad = mentionsFloat(descriptor);
            for (Object argument : arguments) {
                bad |= argument instanceof Handle handle && handle.getTag() >= Opcodes.H_INVOKEVIRTUAL
                        && mentionsFloat(handle.getDesc());
            }
            if (bad) {
                report("lambda " + name + descriptor);
            }
        }

        @Override
        public void visitLdcInsn(Object value) {
            if (value instanceof Float || value instanceof Double) {
                report("constant " + value);
            }
        }

        private void report(String what) {
            found.add(where + ": " + what);
        }
    }

    // Opcode numbers of JVMS 6.5; the short forms (fload_0 ...) arrive as their long ones.
    private static boolean isFloat(int opcode) {
        return switch (opcode) {
            case Opcodes.FCONST_0, Opcodes.FCONST_1, Opcodes.FCONST_2, Opcodes.DCONST_0, Opcodes.DCONST_1,
                    Opcodes.FLOAD, Opcodes.DLOAD, Opcodes.FSTORE, Opcodes.DSTORE,
                    Opcodes.FALOAD, Opcodes.DALOAD, Opcodes.FASTORE, Opcodes.DASTORE,
                    Opcodes.FADD, Opcodes.DADD, Opcodes.FSUB, Opcodes.DSUB, Opcodes.FMUL, Opcodes.DMUL,
                    Opcodes.FDIV, Opcodes.DDIV, Opcodes.FREM, Opcodes.DREM, Opcodes.FNEG, Opcodes.DNEG,
                    Opcodes.I2F, Opcodes.I2D, Opcodes.L2F, Opcodes.L2D, Opcodes.F2I, Opcodes.F2L, Opcodes.F2D,
                    Opcodes.D2I, Opcodes.D2L, Opcodes.D2F, Opcodes.FCMPL, Opcodes.FCMPG, Opcodes.DCMPL, Opcodes.DCMPG,
                    Opcodes.FRETURN, Opcodes.DRETURN -> true;
            default -> false;
        };
    }

    private static boolean mentionsFloat(String methodDescriptor) {
        if (isFloat(Type.getReturnType(methodDescriptor))) {
            return true;
        }
        for (Type argument : Type.getArgumentTypes(methodDescriptor)) {
            if (isFloat(argument)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFloat(Type type) {
        Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
        String name = element.getClassName();
        return element.getSort() == Type.FLOAT || element.getSort() == Type.DOUBLE
                || name.equals("java.lang.Float") || name.equals("java.lang.Double");
    }
}
