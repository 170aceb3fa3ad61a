import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.mapper.MapperExtrasPlugin;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.reindex.ReindexPlugin;
import org.elasticsearch.transport.Netty4Plugin;

/**
 * One node of Elasticsearch, without security. Arguments: its folder, its port, its address (loopback where none is
 * given); for a node of a cluster its name, its port for other nodes, and the port of the node named `first`.
 */
public final class EmbeddedElasticsearch extends Node {
  private EmbeddedElasticsearch(Settings settings) {
    super(
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "embedded"),
        List.of(Netty4Plugin.class, ReindexPlugin.class, MapperExtrasPlugin.class),
        true);
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectories(home.resolve("config"));
    boolean alone = arguments.length < 6;
    Settings discovery =
        alone
            ? Settings.builder().put("discovery.type", "single-node").build()
            : Settings.builder()
                .put("discovery.seed_hosts", "127.0.0.1:" + arguments[5])
                .put("cluster.initial_master_nodes", "first")
                .build();
    Node node =
        new EmbeddedElasticsearch(
            Settings.builder()
                .put(discovery)
                .put("path.home", home.toString())
                .put("cluster.name", "embedded")
                .put("node.name", alone ? "embedded" : arguments[3])
                .put("network.host", arguments.length > 2 ? arguments[2] : "127.0.0.1")
                .put("path.repo", home.resolve("snapshots").toString())
                .put("http.port", arguments[1])
                .put("transport.port", alone ? "0" : arguments[4])
                .put("transport.type", "netty4")
                .put("http.type", "netty4")
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .build());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    Thread.currentThread().join();
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (java.io.IOException error) {
      System.err.println(error);
    }
  }
}
