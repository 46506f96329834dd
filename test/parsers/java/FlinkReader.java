import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.flink.client.deployment.ClusterSpecification;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.kubernetes.kubeclient.parameters.AbstractKubernetesParameters;
import org.apache.flink.kubernetes.kubeclient.parameters.KubernetesJobManagerParameters;
import org.apache.flink.kubernetes.kubeclient.parameters.KubernetesTaskManagerParameters;
import org.apache.flink.runtime.clusterframework.ContaineredTaskManagerParameters;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.runtime.webmonitor.handlers.JarRunRequestBody;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Tells what Flink reads from configuration files and from requests that run a jar. Each line of the input is a request in
 * JSON, and each line of the output is its answer.
 */
public final class FlinkReader {

    private static final ObjectMapper JSON = new ObjectMapper();

    private FlinkReader() {}

    public static void main(String[] args) throws Exception {
        PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path folder = Files.createTempDirectory(Path.of(args[0]), "conf");
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            output.println(JSON.writeValueAsString(answer(JSON.readTree(line), folder)));
            output.flush();
        }
    }

    private static Map<String, Object> answer(JsonNode request, Path folder) {
        try {
            return request.has("run") ? readRun(request.get("run")) : readFile(request, folder);
        } catch (Throwable error) {
            return Map.of("error", String.valueOf(error));
        }
    }

    /** The request that runs a jar on a session, as the REST handler of the JobManager reads it. */
    private static Map<String, Object> readRun(JsonNode body) throws Exception {
        JarRunRequestBody run =
                RestMapperUtils.getStrictObjectMapper().treeToValue(body, JarRunRequestBody.class);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("arguments", run.getProgramArgumentsList());
        answer.put("options", run.getFlinkConfiguration().toMap());
        return answer;
    }

    private static Map<String, Object> readFile(JsonNode request, Path folder) throws Exception {
        Path file = folder.resolve(request.get("file").asText());
        Files.writeString(file, request.get("text").asText());
        try {
            return describe(GlobalConfiguration.loadConfiguration(folder.toString()), request);
        } finally {
            Files.delete(file);
        }
    }

    private static Map<String, Object> describe(Configuration configuration, JsonNode request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("options", configuration.toMap());
        answer.put("arguments", ApplicationConfiguration.fromConfiguration(configuration).getProgramArguments());
        Map<String, Object> typed = new LinkedHashMap<>();
        if (request.has("types"))
            request.get("types").fields().forEachRemaining(
                    one -> typed.put(one.getKey(), read(configuration, one.getKey(), one.getValue().asText())));
        if (request.has("fallbacks"))
            request.get("fallbacks").fields().forEachRemaining(
                    one -> typed.put(one.getKey(), readWithFallbacks(configuration, one.getKey(), one.getValue())));
        answer.put("typed", typed);
        if (request.path("pods").asBoolean()) {
            answer.put("jobManager", describePod(new KubernetesJobManagerParameters(
                    configuration, new ClusterSpecification.ClusterSpecificationBuilder().createClusterSpecification())));
            answer.put("taskManager", describePod(taskManager(configuration)));
        }
        return answer;
    }

    /** The text of an option that has deprecated keys. */
    private static String readWithFallbacks(Configuration configuration, String key, JsonNode deprecated) {
        List<String> names = new ArrayList<>();
        deprecated.forEach(name -> names.add(name.asText()));
        return configuration.get(ConfigOptions.key(key).stringType().noDefaultValue()
                .withDeprecatedKeys(names.toArray(new String[0])));
    }

    /** The value of an option by its type, or its error. */
    private static Object read(Configuration configuration, String key, String type) {
        ConfigOptions.OptionBuilder option = ConfigOptions.key(key);
        try {
            switch (type) {
                case "list":
                    return configuration.get(option.stringType().asList().noDefaultValue());
                case "map":
                    return configuration.get(option.mapType().noDefaultValue());
                case "maps":
                    return configuration.get(option.mapType().asList().noDefaultValue());
                case "boolean":
                    return configuration.get(option.booleanType().noDefaultValue());
                case "integer":
                    return configuration.get(option.intType().noDefaultValue());
                case "long":
                    return configuration.get(option.longType().noDefaultValue());
                case "double":
                    return configuration.get(option.doubleType().noDefaultValue());
                case "duration":
                    Duration duration = configuration.get(option.durationType().noDefaultValue());
                    return duration == null ? null : duration.getSeconds() * 1e9 + duration.getNano();
                case "memory":
                    MemorySize size = configuration.get(option.memoryType().noDefaultValue());
                    return size == null ? null : size.getBytes();
                default:
                    return configuration.get(option.stringType().noDefaultValue());
            }
        } catch (RuntimeException error) {
            return Map.of("error", String.valueOf(error));
        }
    }

    private static KubernetesTaskManagerParameters taskManager(Configuration configuration) {
        ContaineredTaskManagerParameters parameters = ContaineredTaskManagerParameters.create(
                configuration, TaskExecutorProcessUtils.processSpecFromConfig(configuration));
        return new KubernetesTaskManagerParameters(
                configuration, "pod", "", "", parameters, Collections.emptyMap(), Collections.emptySet());
    }

    private static Map<String, Object> describePod(AbstractKubernetesParameters pod) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("env", pod.getEnvironments());
        answer.put("labels", pod.getLabels());
        answer.put("annotations", pod.getAnnotations());
        answer.put("nodeSelector", pod.getNodeSelector());
        answer.put("tolerations", pod.getTolerations());
        answer.put("secrets", pod.getSecretNamesToMountPaths());
        answer.put("secretEnv", pod.getEnvironmentsFromSecrets());
        return answer;
    }
}
