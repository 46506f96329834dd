import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Counts the numbers 0, 1, 2 … by their last digit, about a hundred a second. The numbers of a key come in order, so that
 * each count follows from the number: the program fails when state is lost or restored twice. The metrics of the operator
 * {@code Count} tell the first and the last number since its tasks started.
 *
 * <p>The only argument is a variant: {@code good} or {@code good-2}, {@code throws-in-main}, {@code throws-later} (20 seconds
 * after the start), {@code slow-snapshots} (each takes 15 seconds), {@code other-type} and {@code other-uid} (state that
 * does not fit).
 */
public final class KeyedCounts {
  private static final int KEYS = 10;
  private static final Duration GOOD_TIME = Duration.ofSeconds(20);
  private static final Duration SNAPSHOT_TIME = Duration.ofSeconds(15);
  private static final List<String> VARIANTS =
      List.of("good", "good-2", "throws-in-main", "throws-later", "slow-snapshots", "other-type", "other-uid");

  private KeyedCounts() {}

  public static void main(String[] args) throws Exception {
    String variant = args.length == 0 ? "good" : args[0];
    if (!VARIANTS.contains(variant)) throw new IllegalArgumentException("unknown variant " + variant);
    if (variant.equals("throws-in-main")) throw new IllegalStateException("This version is bad.");

    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.fromSequence(0, Long.MAX_VALUE - 1)
        .uid("numbers")
        .setParallelism(1)
        .setMaxParallelism(1)
        .map(KeyedCounts::slowDown)
        .returns(Types.LONG)
        .uid("slow")
        .setParallelism(1)
        .setMaxParallelism(1)
        .keyBy(number -> number % KEYS, Types.LONG)
        .process(variant.equals("other-type") ? new TextCount() : new Count(variant))
        .returns(Types.LONG)
        .name("Count")
        .uid(variant.equals("other-uid") ? "other" : "count")
        .sinkTo(new DiscardingSink<>())
        .uid("sink");
    env.execute("counts " + variant);
  }

  private static Long slowDown(Long number) throws InterruptedException {
    Thread.sleep(10);
    return number;
  }

  /** The metrics that all variants have. */
  private abstract static class Observed extends KeyedProcessFunction<Long, Long, Long> {
    private transient long first;
    private transient long last;

    @Override
    public void open(OpenContext context) throws Exception {
      first = -1;
      last = -1;
      getRuntimeContext().getMetricGroup().gauge("first", () -> first);
      getRuntimeContext().getMetricGroup().gauge("last", () -> last);
    }

    void observe(long number, long count) {
      if (count != number / KEYS + 1)
        throw new IllegalStateException("The count of number " + number + " is " + count + ": state was lost.");
      if (first < 0) first = number;
      last = number;
    }
  }

  private static final class Count extends Observed implements CheckpointedFunction {
    private final boolean throwsLater;
    private final boolean snapshotsSlowly;
    private transient long startNanos;
    private transient ValueState<Long> count;

    Count(String variant) {
      this.throwsLater = variant.equals("throws-later");
      this.snapshotsSlowly = variant.equals("slow-snapshots");
    }

    @Override
    public void open(OpenContext context) throws Exception {
      super.open(context);
      startNanos = System.nanoTime();
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public void processElement(Long number, Context context, Collector<Long> out) throws Exception {
      if (throwsLater && System.nanoTime() - startNanos > GOOD_TIME.toNanos())
        throw new IllegalStateException("This version is bad after a while.");
      long next = (count.value() == null ? 0 : count.value()) + 1;
      count.update(next);
      observe(number, next);
      out.collect(next);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws InterruptedException {
      if (snapshotsSlowly) Thread.sleep(SNAPSHOT_TIME.toMillis());
    }
  }

  /** Its state has the same name and another type. */
  private static final class TextCount extends Observed {
    private transient ValueState<String> count;

    @Override
    public void open(OpenContext context) throws Exception {
      super.open(context);
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.STRING));
    }

    @Override
    public void processElement(Long number, Context context, Collector<Long> out) throws Exception {
      long next = (count.value() == null ? 0 : Long.parseLong(count.value())) + 1;
      count.update(Long.toString(next));
      observe(number, next);
      out.collect(next);
    }
  }
}
