package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A request's body as one JSON object, read key by key; unknown keys are refused. */
final class JsonRequest {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode node;

  private JsonRequest(ObjectNode node) {
    this.node = node;
  }

  static JsonRequest of(Request request, Set<String> known) {
    JsonRequest read = of(request);
    for (Iterator<String> names = read.node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw wrong("no key '" + name + "'; known are " + String.join(", ", known));
      }
    }
    return read;
  }

  /** A body whose keys are the caller's own. */
  static JsonRequest of(Request request) {
    try {
      JsonNode tree = MAPPER.readTree(request.body());
      if (tree instanceof ObjectNode object) {
        return new JsonRequest(object);
      }
      throw wrong("the body must be a JSON object");
    } catch (JsonProcessingException e) {
      throw wrong("the body " + JsonFault.of(e));
    } catch (IOException e) {
      throw wrong("the body can't be read: " + e.getMessage());
    }
  }

  ObjectNode node() {
    return node;
  }

  String text(String key) {
    JsonNode value = node.get(key);
    if (value == null || !(value.isTextual() || value.isIntegralNumber())) {
      throw wrong("'" + key + "' is missing or no text");
    }
    return value.asText();
  }

  List<String> texts(String key) {
    JsonNode value = node.get(key);
    List<String> texts = new ArrayList<>();
    if (value == null) {
      return texts;
    }
    if (!value.isArray()) {
      throw wrong("'" + key + "' must be a list");
    }
    for (JsonNode element : value) {
      if (!element.isTextual() && !element.isIntegralNumber()) {
        throw wrong("'" + key + "' must hold texts only");
      }
      texts.add(element.asText());
    }
    return texts;
  }

  int integer(String key, int absent, int least, int most) {
    JsonNode value = node.get(key);
    if (value == null) {
      return absent;
    }
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw wrong("'" + key + "' must be a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  float[] vector(String key) {
    JsonNode value = node.get(key);
    if (value == null || !value.isArray()) {
      throw wrong("'" + key + "' is missing or no list of numbers");
    }
    float[] vector = new float[value.size()];
    for (int i = 0; i < vector.length; i++) {
      if (!value.get(i).isNumber() || !Float.isFinite(value.get(i).floatValue())) {
        throw wrong("'" + key + "' must hold finite numbers only");
      }
      vector[i] = value.get(i).floatValue();
    }
    return vector;
  }

  /** The keys with lists of texts, or single ones, as profiles are written. */
  Map<String, List<String>> lists(String key) {
    JsonNode value = node.get(key);
    Map<String, List<String>> lists = new LinkedHashMap<>();
    if (value == null) {
      return lists;
    }
    if (!(value instanceof ObjectNode object)) {
      throw wrong("'" + key + "' must be an object of lists");
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      List<String> texts = new ArrayList<>();
      if (field.getValue().isArray()) {
        field.getValue().forEach(element -> texts.add(scalar(field.getKey(), element)));
      } else {
        texts.add(scalar(field.getKey(), field.getValue()));
      }
      lists.put(field.getKey(), texts);
    }
    return lists;
  }

  static Refusal wrong(String what) {
    return Refusal.badRequest("bad-body", what);
  }

  private static String scalar(String field, JsonNode value) {
    if (!value.isTextual() && !value.isNumber()) {
      throw wrong("field '" + field + "' must hold texts or numbers");
    }
    return value.asText();
  }
}
