// SPDX-License-Identifier: EUPL-1.2
import java.io.File
import org.openapitools.client.infrastructure.Serializer

/** Read <answers> <read>: reads each answer into its class and writes what it read. */
fun main(args: Array<String>) {
    val sent = File(args[0])
    sent.walk().filter { it.isFile }.forEach { file ->
        val type = Class.forName("org.openapitools.client.models." + file.nameWithoutExtension)
        val adapter = Serializer.moshi.adapter<Any>(type)
        val place = File(args[1], file.relativeTo(sent).path)
        place.parentFile.mkdirs()
        place.writeText(adapter.toJson(adapter.fromJson(file.readText())))
    }
}
