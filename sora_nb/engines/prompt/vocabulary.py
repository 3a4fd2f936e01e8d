"""The words the local engine draws: small tables of English synonyms.

Entries are base forms ("walk" also stands for walks, walking, walked) of one to five words; longer ones win over shorter
ones. A word that is drawn as the nearest thing the engine has is in a table of NEAREST, and a person is told. The Chinese
words are in `chinese_places`, `chinese_people` and `chinese_actions`, and those that are long lists in `words`.
"""

from __future__ import annotations

SCENES = {
    "beach": "beach, seaside, seashore, shore, coast, ocean, sea, waterfront, boardwalk, at sea, by the sea",
    "coffee shop": "coffee shop, coffee house, coffeehouse, cafe, café, coffee bar, espresso bar",
    "office": "office, workplace, meeting room, conference room, cubicle",
    "forest": "forest, wood, woods, woodland, bamboo forest, pine forest",
    "city street": "city, street, city street, downtown, alley, avenue, sidewalk, town, crosswalk, times square, road, "
    "skyline, city skyline, manhattan, new york, tokyo",
    "mountains": "mountain, hill, peak, alps, himalaya, valley, summit, mountain top, mountaintop, mountain range",
    "space": "space, outer space, moon surface, on the moon, planet, galaxy, cosmos, universe, orbiting earth",
    "living room": "living room, home, house, couch, sofa, lounge",
    "stage": "stage, concert, spotlight, dance floor, on stage",
    "snow": "snow field, snowfield, arctic, antarctica, north pole, south pole, tundra, winter wonderland",
    "underwater": "underwater, under water, under the sea, under the ocean, under the water, coral, coral reef, reef, "
    "seabed, ocean floor, deep sea, sea floor",
    "desert": "desert, dune, sahara, sand dune",
    "meadow": "meadow, park, field, lawn, grass, countryside, in the country, prairie, flower field, wheat field",
    "kitchen": "kitchen, stove",
}
"""Words that name a place."""

NEAREST_SCENES = {
    "beach": "island, lake, lakeside, harbor, harbour, pier, dock, lighthouse, cruise ship, deck of a ship",
    "coffee shop": "tea house, bistro, restaurant, diner, bakery, bar, pub, tavern, ice cream shop",
    "office": "lab, laboratory, classroom, school, startup, library, university",
    "forest": "jungle, rainforest, swamp, river, riverside, waterfall, creek, stream",
    "city street": "market, rooftop, skyscraper, traffic, subway, bus stop, bridge, highway, village, shop, store, mall, "
    "supermarket, parking lot, gas station, train station, rooftop party",
    "mountains": "cliff, canyon, volcano",
    "space": "mars, space station, spaceship, spacecraft, asteroid, nebula",
    "living room": "apartment, bedroom, room, hallway, bathroom, attic, basement, cabin, hotel, hotel room",
    "stage": "theatre, theater, club, nightclub, opera, circus, arena, stadium, ballroom, auditorium",
    "snow": "ice, glacier, iceberg, ski slope, ice rink, frozen lake",
    "underwater": "aquarium",
    "desert": "savanna, savannah, oasis, wasteland, wild west, steppe",
    "meadow": "country road, dirt road, gravel road, country lane, rural road, farm road, village road, country path, dirt path, dirt track, garden, farm, picnic, playground, backyard, vineyard, orchard, football field, soccer field",
}
"""Words that name a place for which the engine draws the nearest that it has."""

SCENE_HINTS = {
    "beach": "wave, surfer, surf, sailor, sand, sandcastle, palm, pirate, seagull, sunbathe, fisherman, boat, sailboat",
    "coffee shop": "coffee, latte, latte art, espresso, cappuccino, barista",
    "office": "desk, computer, laptop, office worker, businessman, businesswoman, presentation, scientist",
    "forest": "tree, pine tree, bamboo, campfire, camping, mushroom, fairy, deer, monkey, gorilla, elf",
    "city street": "taxi, bus, car, policeman, police officer, detective, superhero, umbrella, skateboard, kickflip, "
    "neon, neon light, neon sign, platform, train platform, train station platform, train, tram, truck, motorcycle, street light, "
    "street lamp, street food",
    "mountains": "hike, yeti, goat, knight, dragon, castle",
    "space": "astronaut, rocket, alien, star ship, starship, ufo, meteor",
    "living room": "tv, television, carpet, cushion, pillow, christmas tree, rocking chair, armchair, "
    "window, fireplace, bed",
    "stage": "audience, singer, band, rock band, microphone, ballet, dj, magician, ballerina, guitarist",
    "snow": "snow, snowball, ski, skate, sled, penguin, polar bear, igloo, winter",
    "underwater": "fish, mermaid, diver, shark, whale, octopus, turtle, dolphin, submarine, bubble, dive",
    "desert": "camel, cactus, cowboy, pyramid",
    "meadow": "flower, butterfly, cow, sheep, horse, kite, bunny, rabbit, cherry blossom",
    "kitchen": "cook, chef, bake, soup, cake",
}
"""Words that suggest a place where the prompt names none."""

TIMES = {
    "dawn": "morning mist, before the sun is up, before the sun rises, before the sun comes up, sun isn't up, sun is not up, sun hasn't risen, sun has not risen, sun comes up, sun rises, sun coming up, sun rising, sun is rising, sun is coming up, dawn, sunrise, daybreak, morning, early morning, sun up, sunup, crack of dawn, rising sun, break of day, "
    " early light, first light",
    "day": "day, all day, all day long, bright midday sun, midday sun, daytime, daylight, noon, midday, high noon, afternoon, lunch, before it gets dark",
    "sunset": "sun goes down, getting dark, gets dark, got dark, growing dark, grows dark, almost dark, nearly dark, sky darkens, darkening sky, sun sets, sun setting, sun going down, sun is setting, setting sun, late evening, nightfall sky, sunset, dusk, golden hour, evening, twilight, sundown, late afternoon, blue hour",
    "night": "night, night shift, darkness falls, darkness fell, it is dark, it's dark, is dark outside, still dark, small hours, every night, each night, all night, all night long, midnight, nighttime, night time, moonlight, moonlit, full moon, crescent moon, starry, starlight, "
    "stars, under the stars, pitch dark, pitch black night, by moonlight, in the moonlight, moon lit, night market, night sky full of stars, "
    "past midnight, late night, nightfall, after dark, in the dark of night, dead of night, overnight, bedtime, starry sky, starry night, late at night, night sky, tonight",
}

TIME_HINTS = {
    "day": "sunny, sunny day, clear day, hot day, nice weather, fine weather, sunshine, blue sky, clear sky, bright sun, sunlight, sunlit, rainbow, picnic, sunglasses, sunscreen, sunbathe, "
    "sun, sun rays, recess, parasol, midsummer, sunbeam, playground",
    "night": "moon, northern lights, aurora, aurora borealis, fireworks, firework, firefly, fireflies, nightclub, shooting star, "
    "shooting stars, meteor shower, milky way, constellation, disco, campfire, bonfire, stargaze, stargazing, lantern, lanterns, "
    "candlelit, candlelight, halloween, werewolf, vampire, glow stick, glowstick, neon sign, neon light, streetlight, streetlamp, "
    "street lamp, street light, trick or treater, headlights, karaoke, nightlight, pitch dark, pitch black",
}
"""Words that suggest a time of day where the prompt names none."""

WEATHERS = {
    "clear": "sunny, clear sky, clear skies, cloudless sky, not a cloud, no clouds, clear weather, nice weather, fine weather, blue skies, sunny day, clear day, clear night, sunlight, sunlit, hot day, "
    " clear, sunshine, bright sun, bright midday sun, sun, blue sky, cloudless",
    "rain": "rain, rain cats and dogs, it's pouring, pouring, pouring down, rainy, monsoon, cloudburst, torrential rain, pouring rain, tropical storm, pour down, raindrops, rain shower, rain showers, showers, "
    "storm, stormy, thunderstorm, rainstorm, drizzle, downpour, light rain, heavy rain, "
    "storm cloud",
    "snow": "snow, snowy, snowing, whiteout, flurries, flurry, snow storm, powder snow,  blizzard, snowfall, snowstorm, snowflake, snow falling, falling snow, light snow, heavy snow",
    "fog": "fog, foggy, smog, smoggy, morning mist, sea mist, pea soup fog, thick fog, dense fog,  mist, misty, haze, hazy",
    "cloudy": "cloudy, grey skies, gray skies, dark clouds, dark sky, gloomy sky, storm clouds gathering, grey day, gray day, overcast sky, cloud, overcast, grey sky, gray sky",
}

NEAREST_WEATHERS = {
    "rain": "lightning, thunder, thunderclap, thunderous, hail, hailstorm, typhoon, hurricane",
    "snow": "sleet",
}
"""Words for weather for which the engine draws the nearest that it has."""

CAMERAS = {
    "static": "static, static camera, motionless camera, unmoving camera, immobile camera, camera fixed, camera static, camera locked, camera still, stationary camera, stationary shot, static shot, locked off, locked off shot, fixed camera, still camera, tripod, "
    "tripod shot, fixed shot, camera stays still",
    "pan": "pan, slow pan, slow pan left, slow pan right, camera pan left, camera pan right, camera pans left, camera pans right, camera moves left, camera moves right, camera move left, camera move right, "
    " pan left, pan right, truck left, truck right, panning shot, pan shot, tracking shot, camera track, camera tracking, "
    "follow shot, dolly shot, side scroll, camera pan, camera follow, follow cam, camera following, following shot",
    "push in": "push in, camera move in, camera moving in, camera push in, camera zoom in, camera moves closer,  zoom in, zoom, dolly in, move closer, "
    "slow zoom, slow push in, slow dolly in, dolly forward, dolly forwards, track forward, track forwards, push",
    "pull out": "pull out, camera zoom out, camera pull back, camera move back, camera moving back, camera move away, camera back away,  zoom out, slow zoom out, slow push out, slow dolly out, dolly back, dolly backward, dolly backwards, dolly away, track back, track backward, track backwards, pull back, dolly out, reveal, camera pull",
    "orbit": "orbit, orbit around, orbit shot, circle around, camera circle, camera circling, arc shot, rotate around, "
    "360, slow orbit, camera orbit, 360 degree",
    "tilt": "tilt, tilt up, tilt down, pan up, pan down, crane shot, crane up, crane down, boom up, boom down, pedestal up, pedestal down, pedestal, camera tilt",
    "handheld": "handheld, hand held, handheld camera, hand held camera, shaky, shaky cam, shaky camera, vlog, "
    "found footage, documentary, documentary style",
    "wide": "wide shot, wide, wide angle, wide angle shot, drone shot, drone view, drone footage, aerial, aerial view, "
    "aerial shot, establishing shot, wide establishing shot, bird's eye, bird's eye view, panorama, long shot, "
    "wide aerial shot, drone, extreme wide shot, top down, top down view, from above, overhead shot",
}

CAMERA_VERBS = {
    "pan": "follow track trail pan sweep glide drift slide move travel fly float roam pass truck swing race rush chase "
    "run walk creep crawl inch ease wander pivot step "
    "摇 移 移动 平移 横移 左移 右移 扫 跟 跟着 跟随 跟拍 追 追踪 追随 滑 掠 飞 穿 穿行 穿梭 划 摇动 转向 转到 移向 飞行 游走 晃 横摇",
    "push in": "zoom push dive approach close 推 推进 推近 推向 靠近 接近 逼近 拉近 凑近 探 探入 钻 钻进 前进 前推 对准 对焦 聚焦 放大 冲向",
    "pull out": "pull retreat recede back withdraw retract reverse 拉 拉开 远离 拉远 拉出 拉回 后退 退 退后 退出 倒退 后移 后拉 撤 撤离 缩小",
    "tilt": "rise climb ascend lift crane descend lower drop boom tilt sink soar "
    "升 上升 下降 升起 缓缓升起 抬升 抬 上摇 下摇 上移 下移 俯冲 抬起 降 降落 落 仰 仰起 仰望 倾斜 爬升 攀升 俯仰",
    "orbit": "circle orbit rotate revolve spin arc swirl turn twirl 旋转 转 绕 绕着 环绕 围绕 转动 转圈 盘旋 绕行",
    "static": "hold stay linger rest remain stop pause freeze wait 停 静止 不动 固定 定格 停在 停留 停下 停住 停顿 凝固 定住 保持",
    "wide": "俯瞰 鸟瞰 俯视 航拍",
    "handheld": "shake tremble wobble jitter bounce 晃动 抖动 摇晃 颤抖 颤动",
}
"""How the camera moves by a verb of which it is the subject."""

FRAMINGS = {
    "close-up": "close up, closeup, close up shot, closeup shot, close up view, close shot, extreme close up, "
    "extreme closeup, extreme close up shot, big close up, tight close up, medium close up, tight shot, portrait shot, "
    "headshot, head shot, head and shoulders, head and shoulders shot, face shot, macro, macro shot, macro close up",
}
"""Words for how near the cast is seen; a wide shot is a camera of its own."""

ACTIONS = {
    "walk": "walk, stroll, wander, march, explore, travel, come, go, cross, step, approach, enter, leave, "
    "sneak, tiptoe, patrol, trot",
    "run": "run, jog, sprint, race, chase, rush, dash, flee, escape, hurry",
    "jump": "jump, hop, leap, bounce, skip",
    "dance": "dance, spin, twirl, groove, boogie",
    "wave": "wave hello, wave at, wave to, wave, greet, hello, goodbye",
    "sit": "sit, seated, rest, relax",
    "sleep": "sleep, asleep, fast asleep, sound asleep, nap, snore, doze, lie",
    "talk": "talk, speak, shout, chat, say, tell, present, give a presentation, lecture, explain, interview",
    "sing": "sing, hum, rap",
    "play": "play, drum, strum",
    "work": "work",
    "eat": "eat, munch, chew, bite",
    "drink": "drink, sip",
    "read": "read",
    "look": "look, watch, stare, gaze, observe",
    "stand": "stand, wait, pose, stay",
    "float": "float, drift, hover, levitate",
    "fly": "fly, soar, glide",
    "swim": "swim",
}

NEAREST_ACTIONS = {
    "walk": "hike, climb",
    "run": "ride, drive, gallop, skate, ski, slide, skateboard",
    "jump": "kickflip",
    "dance": "celebrate, perform, cheer",
    "wave": "clap, salute",
    "sit": "meditate, kneel, crouch, yoga, do yoga",
    "sleep": "sunbathe",
    "talk": "argue",
    "sing": "scream",
    "play": "juggle, boss fight, boss battle, final boss fight, final boss battle",
    "work": "bake, paint, draw, build, cast, repair, clean, fishing, mend, type, pour, cook, make, serve, write, study",
    "look": "laugh, dream, smile, grin, think, check",
    "fly": "swing between",
    "swim": "dive, snorkel",
}
"""Verbs for which the engine draws the nearest action that it has."""

CHARACTERS = {
    "corgi": "corgi",
    "dog": "dog, doggy, doggo, hound, mutt",
    "cat": "cat, kitty",
    "tiger": "tiger",
    "lion": "lion",
    "fox": "fox",
    "bear": "bear, grizzly",
    "polar bear": "polar bear",
    "panda": "panda, giant panda",
    "rabbit": "rabbit, bunny, bunny rabbit",
    "mouse": "mouse, mice",
    "pig": "pig",
    "monkey": "monkey",
    "frog": "frog",
    "penguin": "penguin",
    "duck": "duck",
    "fish": "fish, goldfish, clownfish",
    "robot": "robot, android, droid",
    "alien": "alien, martian",
    "astronaut": "astronaut, cosmonaut, spaceman",
    "barista": "barista",
    "chef": "chef",
    "wizard": "wizard, sorcerer",
    "superhero": "superhero, hero",
    "knight": "knight",
    "cowboy": "cowboy",
    "diver": "diver, scuba diver",
    "woman": "woman, women, lady",
    "person": "person, man, men, guy, people, human, somebody, someone",
    "snowman": "snowman, snowmen",
}
"""Nouns for which the engine draws a stock character, in a prompt without an @mention."""

ANIMALS = frozenset(
    [
        "corgi",
        "dog",
        "cat",
        "tiger",
        "lion",
        "fox",
        "bear",
        "polar bear",
        "panda",
        "rabbit",
        "mouse",
        "pig",
        "monkey",
        "frog",
        "penguin",
        "duck",
        "fish",
    ]
)
"""Stock characters that are animals."""

NEAREST_CHARACTERS = {
    "dog": "puppy, pup, retriever, golden retriever, labrador, husky, wolf, poodle, dachshund, beagle, terrier, bulldog, chihuahua, "
    "shiba, german shepherd, sheepdog, dalmatian, pug, samoyed, border collie, shiba inu",
    "cat": "kitten, tabby, tabby cat, siamese, siamese cat",
    "tiger": "leopard, jaguar, cheetah",
    "lion": "lioness",
    "bear": "bear cub",
    "polar bear": "yeti",
    "panda": "red panda",
    "rabbit": "hare",
    "mouse": "rat, hamster",
    "pig": "piglet, boar, wild boar",
    "monkey": "ape, gorilla, chimp, chimpanzee, orangutan",
    "frog": "toad",
    "duck": "duckling, chick, bird, chicken, parrot, owl, goose, geese, swan",
    "fish": "shark, whale, dolphin",
    "robot": "cyborg, mech, mecha",
    "alien": "monster",
    "barista": "waiter, waitress, bartender",
    "chef": "baker, cook",
    "wizard": "witch, magician",
    "superhero": "spiderman, spider man, batman, superman, iron man, wonder woman",
    "knight": "warrior, samurai",
    "cowboy": "cowgirl, sheriff",
    "diver": "mermaid",
    "woman": "girl, mother, mom, mum, grandma, grandmother, princess, queen, ballerina, actress, businesswoman, nun, granddaughter, heroine, "
    "bride, nurse, old lady, old woman, female singer, snow white, wife, sister, daughter, girlfriend, aunt",
    "person": "boy, friend, kid, child, children, toddler, baby, teacher, student, worker, singer, scientist, sailor, surfer, "
    "businessman, detective, dj, king, prince, player, everybody, everyone, fisherman, policeman, police officer, "
    "fireman, firefighter, farmer, doctor, artist, painter, photographer, musician, guitarist, drummer, dancer, "
    "couple, father, dad, grandpa, grandfather, old man, old woman and man, teenager, athlete, boxer, pirate, ninja, "
    "soldier, priest, monk, clown, santa, santa claus, vampire, zombie, skateboarder, family, lead singer, rock star, "
    "brother, sibling, son, husband, boyfriend, uncle, tourist, hiker, runner, swimmer, skier, skater, cyclist, biker, "
    "driver, rider, pilot, captain, gentleman, elf, office worker, pianist, violinist, actor, bystander, twin, "
    "traveler, traveller, climber, shopkeeper, gardener, lifeguard, coach, judge, lawyer, engineer, programmer, "
    "hacker, gamer, carpenter, blacksmith, mechanic, tailor, barber, butcher, postman, mailman, groom, dwarf, burglar, cat burglar, thief, robber, spy, grandson, nephew",
}
"""Nouns for which the engine draws the nearest character that it has."""

_TABLES = (
    SCENES, NEAREST_SCENES, SCENE_HINTS, TIMES, WEATHERS, NEAREST_WEATHERS, CAMERAS, FRAMINGS, ACTIONS, NEAREST_ACTIONS,
    CHARACTERS, NEAREST_CHARACTERS,
)  # fmt: skip


def everyday() -> frozenset[str]:
    """Return all words and phrases of the tables."""
    listed = ",".join(words for table in _TABLES for words in table.values())
    return frozenset(" ".join(word.split()).replace("-", " ") for word in listed.split(",") if word.strip())


_FILLERS = """
    a an and the of in on at to by with for from into onto up down over under through across around between near next
    front behind beside his her its their my our your he she it they we you i him them me us this that these those is
    are was were be being been has have had do does very so too then while as or but not no off out all each other
    another some many two three four alone together slowly quickly happily gently just about back still deep late early
    high huge big small little tiny old young new red blue green yellow white black pink purple orange brown golden
    warm cold cozy cosy cute beautiful nice happy sad funny cinematic scene video shot camera view background 一只 一个
    的 在 里 和 中 上 有 着 了 一 个 只 小 镜头
"""
UNMIXED = frozenset(_FILLERS.split())
"""Words that do not change the seed, though nothing of the film is read from them."""
