package dev.kindred.app.serving;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A stage of a request in a flight recording; its duration is the event's. */
@Name("dev.kindred.Stage")
@Label("Stage")
@Category({"Kindred", "HTTP"})
@Description("A stage of answering a request, such as search or encode")
@StackTrace(false)
final class StageEvent extends Event {
  @Label("Route")
  String route;

  @Label("Stage")
  String stage;
}
