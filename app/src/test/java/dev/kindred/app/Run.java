package dev.kindred.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** One command line run inside the test's JVM: its exit code and what it wrote. */
public record Run(int exitCode, String out, String err) {
  public static Run kindred(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Kindred.run(args, new PrintWriter(out), new PrintWriter(err));
    return new Run(exitCode, out.toString(), err.toString());
  }

  /** The lines of standard output. */
  public List<String> lines() {
    return out.lines().toList();
  }

  /** The values of standard output, one a line. */
  public List<JsonNode> json() throws IOException {
    List<JsonNode> values = new ArrayList<>();
    for (String line : lines()) {
      values.add(new JsonMapper().readTree(line));
    }
    return values;
  }
}
