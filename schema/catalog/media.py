"""Pictures, videos and models."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import MediaRow, MediaSourceRow
from resolvers.catalog import media
from resolvers.context import Info
from resolvers.media import (
    Crop,
    Picture,
    PictureFormat,
    Transform,
    file_url,
    picture_id,
    picture_id_in_sql,
    picture_of,
    picture_url,
    plain_url_in_sql,
)
from schema.caching import CATALOGUE, PART
from schema.fields import edge
from schema.node import Node, node_id
from schema.paging import given
from schema.scalars import Url


@strawberry.enum(description="What a piece of media is.")
class MediaContentType(StrEnum):
    EXTERNAL_VIDEO = "EXTERNAL_VIDEO"
    IMAGE = "IMAGE"
    MODEL_3D = "MODEL_3D"
    VIDEO = "VIDEO"


@strawberry.enum(description="Who hosts an external video.")
class MediaHost(StrEnum):
    VIMEO = "VIMEO"
    YOUTUBE = "YOUTUBE"


@strawberry.enum(description="Which part of a picture stays when it is cropped.")
class CropRegion(StrEnum):
    BOTTOM = "BOTTOM"
    CENTER = "CENTER"
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    TOP = "TOP"


@strawberry.enum(description="The format of a picture.")
class ImageContentType(StrEnum):
    JPG = "JPG"
    PNG = "PNG"
    WEBP = "WEBP"


@strawberry.input(description="How a picture is to be resized; it is never made larger than it is.")
class ImageTransformInput:
    crop: CropRegion | None = strawberry.field(default=UNSET, description="Which part stays; null: nothing is cut off.")
    max_height: int | None = strawberry.field(default=UNSET, description="In pixels, 1 to 5760.")
    max_width: int | None = strawberry.field(default=UNSET, description="In pixels, 1 to 5760.")
    preferred_content_type: ImageContentType | None = strawberry.field(
        default=UNSET, description="The format; null: what the client accepts."
    )
    scale: int | None = strawberry.field(default=1, description="Pixels a point on the screen, 1 to 3.")

    def plain(self) -> Transform:
        """The same for resolvers."""
        return Transform(
            width=given(self.max_width),
            height=given(self.max_height),
            crop=Crop[self.crop.name] if self.crop else None,
            scale=1 if self.scale is None else self.scale,
            format=PictureFormat[self.preferred_content_type.name] if self.preferred_content_type else None,
        )


Resized: TypeAlias = Annotated[
    ImageTransformInput | None, strawberry.argument(description="How to resize it; null: as it was stored.")
]
CropTo: TypeAlias = Annotated[
    CropRegion | None, strawberry.argument(description="Which part stays; null: nothing is cut off.")
]
MaxSide: TypeAlias = Annotated[int | None, strawberry.argument(description="In pixels, 1 to 5760.")]
Format: TypeAlias = Annotated[
    ImageContentType | None, strawberry.argument(description="The format; null: what the client accepts.")
]
Scale: TypeAlias = Annotated[int | None, strawberry.argument(description="Pixels a point on the screen, 1 to 3.")]


@strawberry.type(description="A picture.", directives=[PART])
class Image:
    alt: str | None = strawberry.field(name="altText", description="A text for those who do not see it; may be null.")
    height: int | None = strawberry.field(description="Its height in pixels; null for a picture that lives elsewhere.")
    width: int | None = strawberry.field(description="Its width in pixels; null for a picture that lives elsewhere.")

    @strawberry.field(
        description="A global id; null where the picture has none of its own.", metadata={"in_sql": picture_id_in_sql}
    )
    @staticmethod
    def id(image: Parent[Picture]) -> strawberry.ID | None:
        return None if image.id is None else strawberry.ID(picture_id(image.id))

    @strawberry.field(description="Where it is, as it was stored.", deprecation_reason="Use `url`.")
    @staticmethod
    def original_src(image: Parent[Picture], info: Info) -> Url:
        return Url(picture_url(info.context.base_url, image))

    @strawberry.field(description="Where it is.", deprecation_reason="Use `url`.")
    @staticmethod
    def src(image: Parent[Picture], info: Info) -> Url:
        return Url(picture_url(info.context.base_url, image))

    @strawberry.field(description="Where it is, resized.", deprecation_reason="Use `url(transform:)`.")
    @staticmethod
    def transformed_src(
        image: Parent[Picture],
        info: Info,
        crop: CropTo = UNSET,
        max_height: MaxSide = UNSET,
        max_width: MaxSide = UNSET,
        preferred_content_type: Format = UNSET,
        scale: Scale = 1,
    ) -> Url:
        asked = ImageTransformInput(
            crop=crop,
            max_height=max_height,
            max_width=max_width,
            preferred_content_type=preferred_content_type,
            scale=scale,
        )
        return Url(picture_url(info.context.base_url, image, asked.plain()))

    @strawberry.field(
        description="Where it is, resized if so asked. `width`, `height`, `crop` may be appended to it.",
        metadata={"in_sql": plain_url_in_sql},
    )
    @staticmethod
    def url(image: Parent[Picture], info: Info, transform: Resized = UNSET) -> Url:
        return Url(picture_url(info.context.base_url, image, transform.plain() if transform else None))


@strawberry.interface(description="A picture, video or model that shows a product.", directives=[PART])
class Media:
    alt: str | None = strawberry.field(description="A text for those who do not see it; may be null.")
    id: strawberry.ID = strawberry.field(resolver=node_id, description="The global id; never null.")

    @strawberry.field(graphql_type=MediaContentType, description="What it is.")
    @staticmethod
    def media_content_type(row: Parent[MediaRow]) -> str:
        return row.kind

    @strawberry.field(graphql_type=Image | None, description="A picture that stands for it; null if it has none.")
    @staticmethod
    def preview_image(row: Parent[MediaRow]) -> Picture | None:
        return picture_of(row)


@strawberry.type(description="A picture that shows a product or the shop.", directives=[CATALOGUE])
class MediaImage(Media, Node, row=MediaRow, kind="IMAGE", by=media.MediaById):
    @strawberry.field(graphql_type=Image | None, description="The picture.")
    @staticmethod
    def image(row: Parent[MediaRow]) -> Picture | None:
        return picture_of(row)


@strawberry.type(description="A file that plays a video.", directives=[PART])
class VideoSource:
    format: str = strawberry.field(description="The file's extension, such as `mp4`.")
    height: int = strawberry.field(description="In pixels.")
    mime_type: str = strawberry.field(description="Such as `video/mp4`.")
    width: int = strawberry.field(description="In pixels.")

    @strawberry.field(description="Where the file is.")
    @staticmethod
    def url(source: Parent[MediaSourceRow], info: Info) -> str:
        return file_url(info.context.base_url, source.source)


@strawberry.type(description="A video that the shop hosts.", directives=[CATALOGUE])
class Video(Media, Node, row=MediaRow, kind="VIDEO", by=media.MediaById):
    sources: list[VideoSource] = edge(media.SourcesByMedia, key="id", description="Its files, the preferred one first.")


@strawberry.type(description="A video that somebody else hosts.", directives=[CATALOGUE])
class ExternalVideo(Media, Node, row=MediaRow, kind="EXTERNAL_VIDEO", by=media.MediaById):
    @strawberry.field(graphql_type=MediaHost, description="Who hosts it.")
    @staticmethod
    def host(row: Parent[MediaRow]) -> str | None:
        return row.host

    @strawberry.field(description="What to put into a frame.")
    @staticmethod
    def embed_url(row: Parent[MediaRow]) -> Url:
        return Url(row.embed_url or "")

    @strawberry.field(description="What to put into a frame.", deprecation_reason="Use `originUrl`.")
    @staticmethod
    def embedded_url(row: Parent[MediaRow]) -> Url:
        return Url(row.embed_url or "")

    @strawberry.field(description="Its page at the host.")
    @staticmethod
    def origin_url(row: Parent[MediaRow]) -> Url:
        return Url(row.origin_url or row.embed_url or "")


@strawberry.type(description="A file that holds a model.", directives=[PART])
class Model3dSource:
    format: str = strawberry.field(description="The file's extension, such as `glb`.")
    mime_type: str = strawberry.field(description="Such as `model/gltf-binary`.")

    @strawberry.field(description="In bytes.")
    @staticmethod
    def filesize(source: Parent[MediaSourceRow]) -> int:
        return source.size

    @strawberry.field(description="Where the file is.")
    @staticmethod
    def url(source: Parent[MediaSourceRow], info: Info) -> str:
        return file_url(info.context.base_url, source.source)


@strawberry.type(description="A model to look at from all sides.", directives=[CATALOGUE])
class Model3d(Media, Node, row=MediaRow, kind="MODEL_3D", by=media.MediaById):
    sources: list[Model3dSource] = edge(media.SourcesByMedia, key="id", description="Its files.")
