package dev.kindred.jmh;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** simd, index, engine, live, app, jmh: each may use those before it, never those after. */
final class DependencyDirectionTest {
  private static final Set<String> VAGUE = Set.of("util", "utils", "common", "impl", "helper");

  private static final Map<String, Set<String>> MAY_REQUIRE =
      Map.of(
          "simd", Set.of("jdk.incubator.vector"),
          "index", Set.of("dev.kindred.simd"),
          "engine",
              Set.of(
                  "dev.kindred.index",
                  "de.siegmar.fastcsv",
                  "com.fasterxml.jackson.core",
                  "com.fasterxml.jackson.jr.ob",
                  "HdrHistogram"));

  private static final JavaClasses CLASSES = compiled();

  @Test
  void modulesDependOneWay() {
    for (int i = 0; i < Checkout.MODULES.size(); i++) {
      String[] later =
          Checkout.MODULES.subList(i + 1, Checkout.MODULES.size()).stream()
              .map(module -> "dev.kindred." + module + "..")
              .toArray(String[]::new);
      if (later.length > 0) {
        noClasses()
            .that()
            .resideInAPackage("dev.kindred." + Checkout.MODULES.get(i) + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(later)
            .check(CLASSES);
      }
    }
  }

  @Test
  void onlySimdTouchesTheVectorApi() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.kindred.simd..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(CLASSES);
  }

  @Test
  void nobodyUsesUnsafeOrInternalsOfTheJdk() {
    // These two are the exported API of the modules jdk.management and jdk.httpserver.
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("jdk.internal..", "sun..", "com.sun..")
                .and(not(resideInAnyPackage("com.sun.management", "com.sun.net.httpserver")))
                .or(describe("Unsafe", type -> type.getSimpleName().equals("Unsafe"))))
        .check(CLASSES);
  }

  @Test
  void enginePackagesHaveNoCycles() {
    slices().matching("dev.kindred.engine.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void dataStandsBelowTheRestOfTheEngine() {
    noClasses()
        .that()
        .resideInAPackage("dev.kindred.engine.data..")
        .should()
        .dependOnClassesThat(
            describe(
                "classes of other packages of the engine",
                type ->
                    type.getPackageName().startsWith("dev.kindred.engine")
                        && !type.getPackageName().startsWith("dev.kindred.engine.data")))
        .check(CLASSES);
  }

  @Test
  void filesAndRunStandBelowTheRestOfTheIndex() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.kindred.index.file..", "dev.kindred.index.run..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.kindred.index")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.kindred.index.run..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.kindred.index.file..")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAThingIsNotThatItHelps() {
    Set<String> vague = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      boolean badPackage =
          Arrays.stream(type.getPackageName().split("\\.")).anyMatch(VAGUE::contains);
      boolean badClass =
          type.isTopLevelClass() && type.getSimpleName().matches(".*(Utils?|Helpers?|Impl|Common)");
      if (badPackage || badClass) {
        vague.add(type.getName());
      }
    }
    assertEquals(Set.of(), vague);
  }

  @Test
  void modulesRequireOnlyWhatTheDesignNames() throws IOException {
    for (String module : List.of("simd", "index", "engine")) {
      try (InputStream in =
          Files.newInputStream(Checkout.classes(module).resolve("module-info.class"))) {
        Set<String> unexpected =
            ModuleDescriptor.read(in).requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> !name.equals("java.base"))
                .filter(name -> !MAY_REQUIRE.get(module).contains(name))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), unexpected, "module " + module + " requires more than the design");
      }
    }
  }

  private static JavaClasses compiled() {
    List<Path> paths =
        Checkout.MODULES.stream().map(Checkout::classes).filter(Files::isDirectory).toList();
    JavaClasses classes = new ClassFileImporter().importPaths(paths);
    assertTrue(classes.size() > 50, "classes of only " + paths);
    return classes;
  }
}
