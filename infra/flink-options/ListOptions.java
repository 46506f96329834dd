import java.io.File;
import java.io.PrintStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** Prints every public option of the given jars of Flink, one JSON object a line. Usage: java ListOptions.java JAR... */
public final class ListOptions {
  private static final String FLINK = "org.apache.flink.";

  /** Classes whose options are members of something else, such as the WITH clause of a table. */
  private static final String OTHERS =
      "org\\.apache\\.flink\\.(connector|formats|streaming\\.api\\.(graph|operators))\\..*"
          + "|org\\.apache\\.flink\\.table\\.(?!(api|client|gateway\\.api)\\.config\\.|catalog\\.Common|secret\\.Common).*";

  private final ClassLoader loader;
  private final Class<?> optionClass;

  private ListOptions(ClassLoader loader) throws ReflectiveOperationException {
    this.loader = loader;
    this.optionClass = loader.loadClass(FLINK + "configuration.ConfigOption");
  }

  public static void main(String[] jars) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String jar : jars) urls.add(new File(jar).toURI().toURL());
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      ListOptions list = new ListOptions(loader);
      for (String jar : jars) for (String name : classNames(jar)) list.describeClass(name).forEach(out::println);
    }
  }

  private static List<String> classNames(String path) throws Exception {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile(path)) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        String name = entry.getName();
        if (!name.startsWith("org/apache/flink/") || !name.endsWith(".class") || name.contains("/shaded/")) continue;
        String code = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
        if (code.contains("Lorg/apache/flink/configuration/ConfigOption;"))
          names.add(name.substring(0, name.length() - ".class".length()).replace('/', '.'));
      }
    }
    Collections.sort(names);
    return names;
  }

  private List<String> describeClass(String name) throws ReflectiveOperationException {
    List<String> lines = new ArrayList<>();
    if (name.matches(OTHERS)) return lines;
    Class<?> holder;
    Field[] fields;
    try {
      holder = Class.forName(name, false, loader);
      fields = holder.getDeclaredFields();
    } catch (NoClassDefFoundError missing) { // The class needs Hadoop or YARN, which Flink does not have.
      return lines;
    }
    for (Field field : fields) {
      int modifiers = field.getModifiers();
      if (field.getType() != optionClass || !Modifier.isStatic(modifiers) || !Modifier.isPublic(modifiers)) continue;
      field.setAccessible(true);
      String line = describe(field, holder);
      if (line != null) lines.add(line);
    }
    return lines;
  }

  private String describe(Field field, Class<?> holder) throws ReflectiveOperationException {
    Object option = field.get(null);
    Object suffixOf = annotation(field, "SuffixOption");
    String key = (suffixOf == null ? "" : suffixOf + ".") + get(option, "key");
    if (!key.contains(".") && !holder.getName().startsWith(FLINK + "configuration.")) return null;
    List<Object> fallbacks = new ArrayList<>();
    for (Object fallback : (Iterable<?>) get(option, "fallbackKeys"))
      fallbacks.add(List.of(get(fallback, "getKey"), get(fallback, "isDeprecated")));
    Class<?> type = (Class<?>) read(option, "clazz");
    Object given = annotation(field, "OverrideDefault");
    Object standard = given == null ? get(option, "defaultValue") : given;
    Map<String, Object> row = new TreeMap<>();
    row.put("key", key);
    row.put("type", ((boolean) read(option, "isList") ? "List of " : "") + type.getSimpleName());
    if (type.isEnum()) row.put("values", Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
    if (standard != null) row.put("default", text(standard));
    row.put("fallbackKeys", fallbacks);
    row.put("obsolete", field.isAnnotationPresent(Deprecated.class) || holder.isAnnotationPresent(Deprecated.class));
    row.put("description", plain(formatDescription(get(option, "description"))));
    return json(row);
  }

  private static Object get(Object object, String method) throws ReflectiveOperationException {
    return object.getClass().getMethod(method).invoke(object);
  }

  private static Object read(Object object, String name) throws ReflectiveOperationException {
    Field field = object.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(object);
  }

  /** The value of an annotation for Flink's documentation. */
  private static Object annotation(Field field, String name) throws ReflectiveOperationException {
    for (Annotation annotation : field.getAnnotations())
      if (annotation.annotationType().getSimpleName().equals(name))
        return annotation.annotationType().getMethod("value").invoke(annotation);
    return null;
  }

  private String formatDescription(Object description) throws ReflectiveOperationException {
    Class<?> formatter = loader.loadClass(FLINK + "configuration.description.HtmlFormatter");
    Object instance = formatter.getDeclaredConstructor().newInstance();
    return String.valueOf(formatter.getMethod("format", description.getClass()).invoke(instance, description));
  }

  private static String plain(String html) {
    return html.replaceAll("<(br|li|p|/ul)[^>]*>", " ")
        .replaceAll("<[^<>]+>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ")
        .trim();
  }

  /** The value in the form that Flink reads from its configuration file. */
  private String text(Object value) throws ReflectiveOperationException {
    if (value instanceof Duration) {
      Class<?> times = loader.loadClass(FLINK + "util.TimeUtils");
      return (String) times.getMethod("formatWithHighestUnit", Duration.class).invoke(null, value);
    }
    if (value instanceof Collection<?> items) {
      List<String> texts = new ArrayList<>();
      for (Object item : items) texts.add(text(item));
      return String.join(";", texts);
    }
    if (value instanceof Map<?, ?> map)
      return map.entrySet().stream().map(one -> one.getKey() + ":" + one.getValue()).sorted().collect(Collectors.joining(","));
    return value.toString();
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map)
      return map.entrySet().stream()
          .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    if (value instanceof List<?> list)
      return list.stream().map(ListOptions::json).collect(Collectors.joining(",", "[", "]"));
    if (value instanceof Boolean) return value.toString();
    StringBuilder quoted = new StringBuilder("\"");
    for (char one : value.toString().toCharArray())
      quoted.append(one < ' ' || one == '"' || one == '\\' ? String.format("\\u%04x", (int) one) : String.valueOf(one));
    return quoted.append('"').toString();
  }
}
