package org.autoneural;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.autoneural.ir.op.Op;

/** The arrows of docs/architecture.md. */
@AnalyzeClasses(packages = "org.autoneural", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule coreKnowsNothingAbove = noClasses().that().resideInAnyPackage("org.autoneural.ir..",
            "org.autoneural.checkpoint..", "org.autoneural.model..", "org.autoneural.artifact..", "org.autoneural.backend..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.sim..",
                    "org.autoneural.qnn..", "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.text..",
                    "org.autoneural.image..", "org.autoneural.djl..", "org.autoneural.cli..", "org.autoneural.maven..");

    @ArchTest
    static final ArchRule quantizerKnowsBackEndsThroughTheSpi = noClasses().that().resideInAPackage("org.autoneural.quantizer..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.sim..", "org.autoneural.qnn..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..");

    @ArchTest
    static final ArchRule simulatorStandsAlone = noClasses().that().resideInAPackage("org.autoneural.sim..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.qnn..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..", "org.autoneural.model..");

    @ArchTest
    static final ArchRule qnnStandsAlone = noClasses().that().resideInAPackage("org.autoneural.qnn..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.quantizer..", "org.autoneural.sim..",
                    "org.autoneural.runtime..", "org.autoneural.compiler..", "org.autoneural.cli..", "org.autoneural.model..");

    @ArchTest
    static final ArchRule backEndsAreFoundByServiceLoader = noClasses().that().resideOutsideOfPackages("org.autoneural.sim..",
            "org.autoneural.qnn..", "org.autoneural.benchmarks..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.sim..", "org.autoneural.qnn..");

    @ArchTest
    static final ArchRule sessionsNeverCompile = noClasses().that().resideInAPackage("org.autoneural.runtime..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.compiler..", "org.autoneural.quantizer..",
                    "org.autoneural.ir.pass..", "org.autoneural.model..", "org.autoneural.cli..");

    @ArchTest
    static final ArchRule comparisonsKnowOnlyTheCore = noClasses().that().resideInAPackage("org.autoneural.compare..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.runtime..", "org.autoneural.compiler..",
                    "org.autoneural.quantizer..", "org.autoneural.ir.pass..", "org.autoneural.model..", "org.autoneural.text..",
                    "org.autoneural.image..");

    @ArchTest
    static final ArchRule textAndImageStandAlone = noClasses().that().resideInAnyPackage("org.autoneural.text..", "org.autoneural.image..")
            .should().dependOnClassesThat().resideInAnyPackage("org.autoneural.ir..", "org.autoneural.runtime..",
                    "org.autoneural.compiler..", "org.autoneural.quantizer..", "org.autoneural.model..");

    @ArchTest
    static final ArchRule nobodyUsesTheCommandLine = noClasses().that().resideOutsideOfPackage("org.autoneural.cli..")
            .should().dependOnClassesThat().resideInAPackage("org.autoneural.cli..");

    @ArchTest
    static final ArchRule mathUsesNothingOfOurs = classes().that().resideInAPackage("org.autoneural.ir.math")
            .should().onlyDependOnClassesThat().resideInAnyPackage("org.autoneural.ir.math", "java..");

    @ArchTest
    static final ArchRule opsAreRecords = classes().that().implement(Op.class).should().beRecords();
}
