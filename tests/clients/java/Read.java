// SPDX-License-Identifier: EUPL-1.2
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.openapitools.client.JSON;

/** Read <answers> <read>: reads each answer into its class and writes what it read. */
public class Read {
    public static void main(String[] args) throws Exception {
        Path sent = Path.of(args[0]), read = Path.of(args[1]);
        new JSON();
        try (Stream<Path> files = Files.walk(sent)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = file.getFileName().toString().replace(".json", "");
                Object made = JSON.deserialize(Files.readString(file), Class.forName("org.openapitools.client.model." + name));
                Path place = read.resolve(sent.relativize(file));
                Files.createDirectories(place.getParent());
                Files.writeString(place, JSON.serialize(made));
            }
        }
    }
}
