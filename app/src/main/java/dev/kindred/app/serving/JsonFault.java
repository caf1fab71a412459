package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.kindred.app.http.Query;

/** Says in our words what is wrong with a text that is no JSON, and where. Stateless. */
final class JsonFault {
  /** How the parser, told to look for them, begins to tell of a key that an object has twice. */
  private static final String REPEATED = "Duplicate field ";

  private JsonFault() {}

  /** Goes on a sentence that has begun with what was read. */
  static String of(JsonProcessingException fault) {
    String what =
        switch (fault) {
          case JsonEOFException end -> "is no JSON: it ends too early";
          case StreamConstraintsException large ->
              "is refused: it nests too deep, or holds a number or a text that is too long";
          case MismatchedInputException more -> "is no single JSON value: more comes after its end";
          default ->
              fault.getOriginalMessage().startsWith(REPEATED)
                  ? "has the key "
                      + Query.shortened(fault.getOriginalMessage().substring(REPEATED.length()))
                      + " twice; keep one of them"
                  : "is no JSON";
        };
    JsonLocation at = fault.getLocation();
    return at == null || at.getLineNr() < 1
        ? what
        : what + ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /** The same for a text that is one line of several. */
  static String inLine(JsonProcessingException fault) {
    return of(fault).replace(", at line 1, column ", ", at column ");
  }
}
